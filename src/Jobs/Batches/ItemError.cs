namespace Darkroom.Jobs.Batches;

/// <summary>Why an item stands where it stands, as stored with it and printed.</summary>
/// <param name="Class">One of <see cref="Editing.ErrorClasses"/>.</param>
/// <param name="Code">The service's code, or a name of ours.</param>
/// <param name="Message">The service's message, scrubbed.</param>
/// <param name="RequestId">The service's request id: what an appeal needs.</param>
/// <param name="DetailsJson">Structured details (moderation stage and categories) as raw JSON, or null.</param>
public sealed record ItemError(string Class, string? Code, string Message, string? RequestId, string? DetailsJson);
