using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Sources;

namespace Darkroom.Jobs.Uploads;

/// <summary>What became of one source.</summary>
/// <param name="File">The service's file of it, if it was uploaded.</param>
/// <param name="Temporary">Where it lies here, to be sent inline.</param>
/// <param name="Version">What it held, if it was fetched.</param>
/// <param name="Failure">Why it can't be sent.</param>
internal sealed record TakenSource(UploadedFile? File = null, FetchedImage? Temporary = null, SourceVersion? Version = null, EditOutcome? Failure = null)
{
    /// <summary>It is sent as the manifest names it.</summary>
    public static readonly TakenSource AsItIs = new();
}
