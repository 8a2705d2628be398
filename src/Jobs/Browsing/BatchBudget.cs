namespace Darkroom.Jobs.Browsing;

/// <summary>An open batch's budget.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Name">What people call it.</param>
/// <param name="CapUsd">USD that it may cost.</param>
/// <param name="SpentUsd">USD that count against it, unconfirmed calls at their worst included.</param>
/// <param name="ReservedUsd">USD at worst that its calls in flight hold.</param>
public sealed record BatchBudget(string BatchId, string Name, decimal CapUsd, decimal SpentUsd, decimal ReservedUsd);
