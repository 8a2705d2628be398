using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Batches;

/// <summary>What became of one item.</summary>
/// <param name="Key">The manifest's id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">Attempts spent.</param>
/// <param name="Outputs">Its images in the store.</param>
/// <param name="Tokens">Reported tokens over all its calls.</param>
/// <param name="CostUsd">US dollars of reported usage, or null when a call's price isn't known.</param>
/// <param name="UnconfirmedUsd">US dollars at worst of calls whose outcome is unknown.</param>
/// <param name="ReusedFrom">Batch and key (<c>BATCH/KEY</c>) of the item whose outputs it shares, or null.</param>
/// <param name="Error">Its last error, or null.</param>
public sealed record ItemResult(
    string Key,
    ItemState State,
    int Attempts,
    IReadOnlyList<StoredImage> Outputs,
    TokenUsage Tokens,
    decimal? CostUsd,
    decimal UnconfirmedUsd,
    string? ReusedFrom,
    ItemError? Error)
{
    /// <summary>The trace of its last call, 32 hex digits, or null when none was recorded.</summary>
    public string? TraceId { get; init; }
}
