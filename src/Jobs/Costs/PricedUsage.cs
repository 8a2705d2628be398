namespace Darkroom.Jobs.Costs;

/// <summary>What a ledger row stores beside the raw usage.</summary>
/// <param name="Tokens">By kind; all zero for a model that is priced per image.</param>
/// <param name="CostUsd">Exact, at most 10 decimals; null when it can't be known: no price, or no readable usage.</param>
/// <param name="PriceBookVersion">The <c>ModelBook.Version</c> that priced it.</param>
/// <param name="Complete">False when the usage was missing, unreadable or didn't add up, so that the cost is a bound from above or missing.</param>
public sealed record PricedUsage(TokenUsage Tokens, decimal? CostUsd, string PriceBookVersion, bool Complete);
