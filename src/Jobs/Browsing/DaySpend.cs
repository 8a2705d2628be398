namespace Darkroom.Jobs.Browsing;

/// <summary>What a day cost by one thing.</summary>
/// <param name="Day">UTC.</param>
/// <param name="Key">What it is the cost of; null also where the ledger has none.</param>
/// <param name="IsNamed">False for the sum of all that wasn't asked for by name.</param>
/// <param name="CostUsd">Confirmed cost, exact.</param>
public sealed record DaySpend(DateOnly Day, string? Key, bool IsNamed, decimal CostUsd);
