using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Batches;

/// <summary>A batch with its counts and what it has cost so far.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Items">Counted from the rows.</param>
/// <param name="Tokens">Reported tokens, by kind.</param>
/// <param name="CostUsd">US dollars of reported usage, exact.</param>
/// <param name="UnconfirmedUsd">US dollars at worst of calls whose outcome is unknown.</param>
/// <param name="Unpriced">Billed calls whose price the model book doesn't know; they are in no sum.</param>
public sealed record BatchStatus(Batch Batch, ItemCounts Items, TokenUsage Tokens, decimal CostUsd, decimal UnconfirmedUsd, long Unpriced);
