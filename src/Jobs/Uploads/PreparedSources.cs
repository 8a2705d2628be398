using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Uploads;

/// <summary>An item's sources, ready to be sent.</summary>
/// <param name="Input">The item's input, with uploaded files in place of the local ones that they hold.</param>
/// <param name="Uploads">The uploaded files in it.</param>
/// <param name="Failure">Why an upload failed, so that the call can't be made; or null.</param>
public sealed record PreparedSources(EditInput Input, IReadOnlyList<UploadedFile> Uploads, EditOutcome? Failure = null)
{
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
