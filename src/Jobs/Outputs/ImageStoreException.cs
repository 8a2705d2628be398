using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Outputs;

/// <summary>The image store refused or failed. Halts the batch: an image that is paid for and can't be kept is no reason to buy more.</summary>
public sealed class ImageStoreException : Exception
{
    /// <summary>What the service answered, where it was read to its end although its images couldn't be kept: what was paid for is known then. Else null.</summary>
    public EditOutcome.Succeeded? Answer { get; init; }

    /// <summary>Whether the fault may pass by itself: the store is away or full. False too where the store has waited for that already.</summary>
    public bool MayPass { get; init; }

    /// <summary>Whether no repetition can help: the place is another attempt's, or the images aren't what they should be.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Where the worker kept the images on its own disk, as absolute paths; empty when they are lost.</summary>
    public IReadOnlyList<string> Kept { get; init; } = [];

    /// <summary>Makes one without a cause.</summary>
    public ImageStoreException(string message) : base(message)
    {
    }

    /// <summary>Makes one with its cause.</summary>
    public ImageStoreException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
