namespace Darkroom.Jobs.Costs;

/// <summary>What a ledger row stores beside the raw usage.</summary>
/// <param name="Kind">One of <see cref="LedgerKinds"/>.</param>
/// <param name="Tokens">By kind; as far as the usage says, for a model that is priced per image.</param>
/// <param name="CostUsd">Exact, at most 10 decimals; null when it can't be known.</param>
public sealed record PricedUsage(string Kind, TokenUsage Tokens, decimal? CostUsd);
