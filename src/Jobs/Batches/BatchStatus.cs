using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Batches;

/// <summary>A batch with its counts and what it has cost so far.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Items">Counted from the rows.</param>
/// <param name="Tokens">Tokens by kind; reported, or estimated where an answer had no usage.</param>
/// <param name="CostUsd">US dollars of answered calls; where an answer had no usage, its estimate.</param>
/// <param name="UnconfirmedUsd">US dollars at worst of calls whose outcome is unknown.</param>
/// <param name="Unpriced">Billed calls whose price the model book doesn't know; they are in no sum.</param>
public sealed record BatchStatus(Batch Batch, ItemCounts Items, TokenUsage Tokens, decimal CostUsd, decimal UnconfirmedUsd, long Unpriced)
{
    /// <summary>What of <see cref="CostUsd"/> is estimated, since answers had no usable usage.</summary>
    public decimal EstimatedUsd { get; init; }
}
