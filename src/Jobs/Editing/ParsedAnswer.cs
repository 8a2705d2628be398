namespace Darkroom.Jobs.Editing;

/// <summary>What the skeleton of an answer, or of one event, says.</summary>
/// <param name="Type">The event's <c>type</c>, or null.</param>
/// <param name="UsageJson">Raw <c>usage</c> object, or null.</param>
/// <param name="Urls">Addresses of images that didn't come inline.</param>
/// <param name="Error">The service's own error, or null.</param>
/// <param name="ImagesAgree">Whether the images that were taken out are the ones that a JSON parser finds.</param>
internal sealed record ParsedAnswer(string? Type, string? UsageJson, IReadOnlyList<string> Urls, ErrorBody? Error, bool ImagesAgree)
{
    /// <summary>What it says in place of images, whoever says it; null when it has images.</summary>
    public ErrorBody? Said { get; init; }
}
