namespace Darkroom.Jobs.Batches;

/// <summary>What came of an action.</summary>
/// <param name="Found">Whether there is such a batch.</param>
/// <param name="State">The batch's state afterwards.</param>
/// <param name="Refusal">Why it can't be done, or null when it was done or had been done before.</param>
/// <param name="Items">How many items changed; of a resume, those that it put back.</param>
public sealed record BatchActionResult(bool Found, BatchState State, string? Refusal, long Items)
{
    /// <summary>What a person should know of it besides, or null.</summary>
    public string? Note { get; init; }

    /// <summary>The batch's counts, when a retry found nothing to put back; else null.</summary>
    public ItemCounts? Counts { get; init; }
}
