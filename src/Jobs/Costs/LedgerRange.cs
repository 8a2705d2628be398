namespace Darkroom.Jobs.Costs;

/// <summary>A part of the ledger; what is null isn't narrowed.</summary>
/// <param name="From">First day, UTC.</param>
/// <param name="To">Last day, included.</param>
/// <param name="BatchId">One batch only.</param>
public sealed record LedgerRange(DateOnly? From, DateOnly? To, string? BatchId);
