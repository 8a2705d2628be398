namespace Darkroom.Jobs.Costs;

/// <summary>One ledger row: what an attempt cost, or may have cost.</summary>
/// <param name="Kind">One of <see cref="LedgerKinds"/>.</param>
/// <param name="Tokens">By kind; the worst case when unconfirmed, what is expected when estimated.</param>
/// <param name="Images">Images answered; the number asked for when unconfirmed.</param>
/// <param name="CostUsd">US dollars; null when the model book knows no price.</param>
/// <param name="PriceBook">The version of the price book that priced it.</param>
public sealed record LedgerEntry(string Kind, TokenUsage Tokens, int Images, decimal? CostUsd, string PriceBook);
