namespace Darkroom.Jobs.Editing;

/// <summary>What has been read of an answer.</summary>
/// <param name="Images">Final images whole in the sink.</param>
/// <param name="Urls">Addresses of final images that didn't come inline.</param>
/// <param name="UsageJson">Raw usage, summed over events, or null.</param>
/// <param name="IsWhole">Whether the answer came to its end: a whole JSON document, or a stream with a completed event.</param>
/// <param name="Error">The error object, or null.</param>
/// <param name="Fault">What makes the answer unusable, or null.</param>
internal sealed record Answer(int Images, IReadOnlyList<string> Urls, string? UsageJson, bool IsWhole, ErrorBody? Error, ServiceError? Fault);
