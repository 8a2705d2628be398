using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Batches;

/// <summary>What became of one item.</summary>
/// <param name="Key">The manifest's id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">Attempts spent.</param>
/// <param name="Outputs">Its images in the store.</param>
/// <param name="Tokens">Tokens over all its calls; reported, or estimated where an answer had no usage.</param>
/// <param name="CostUsd">US dollars of answered calls, estimated where an answer had no usage; null when a call's price isn't known.</param>
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
    /// <summary>What of the cost is estimated, since answers had no usable usage.</summary>
    public decimal EstimatedUsd { get; init; }

    /// <summary>The trace of its last call, 32 hex digits, or null when none was recorded.</summary>
    public string? TraceId { get; init; }
}
