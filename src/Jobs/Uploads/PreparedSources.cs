using System.Collections.ObjectModel;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Sources;

namespace Darkroom.Jobs.Uploads;

/// <summary>An item's sources, ready to be sent. Disposing removes the temporary files that fetched ones lie in, once the call has ended.</summary>
/// <param name="Input">The item's input, with uploaded files in place of the local ones that they hold.</param>
/// <param name="Uploads">The uploaded files in it.</param>
/// <param name="Failure">Why an upload failed, so that the call can't be made; or null.</param>
public sealed record PreparedSources(EditInput Input, IReadOnlyList<UploadedFile> Uploads, EditOutcome? Failure = null) : IDisposable
{
    /// <summary>What the fetched sources held, by the reference that named them; for reuse.</summary>
    public IReadOnlyDictionary<ImageReference, SourceVersion> Versions { get; init; } = ReadOnlyDictionary<ImageReference, SourceVersion>.Empty;

    /// <summary>What lies here for this call alone.</summary>
    internal IReadOnlyList<IDisposable> Temporary { get; init; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in Temporary) file.Dispose();
    }

    /// <summary>
    /// Whether a refusal speaks of one of the uploads: it names one, or a <c>file_id</c>, or says that a file isn't there. The service's words aren't
    /// documented; one call too many that is refused again costs nothing.
    /// </summary>
    public bool AreRefusedBy(EditOutcome outcome)
    {
        if (Uploads.Count == 0 || outcome is not EditOutcome.Rejected { Error: { Class: ErrorClasses.InvalidRequest } error }) return false;
        return Uploads.Any(file => error.Message.Contains(file.FileId, StringComparison.Ordinal))
            || error.Param?.Contains("file_id", StringComparison.OrdinalIgnoreCase) == true
            || error.Code is "file_not_found"
            || (outcome.HttpStatus == 404 && error.Message.Contains("file", StringComparison.OrdinalIgnoreCase));
    }
}
