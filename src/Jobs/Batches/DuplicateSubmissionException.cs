namespace Darkroom.Jobs.Batches;

/// <summary>A submission has been made before; nothing was imported.</summary>
public sealed class DuplicateSubmissionException(Submission earlier) : Exception($"The submission was made before: batch {earlier.BatchId}.")
{
    /// <summary>The one that was made.</summary>
    public Submission Earlier { get; } = earlier;
}
