namespace Darkroom.Jobs.Waits;

/// <summary>A budget whose rest is reserved. Amounts in USD.</summary>
/// <param name="Name"><c>batch</c>, <c>day</c> or <c>month</c>.</param>
/// <param name="Cap">What may be spent.</param>
/// <param name="Spent">What is spent.</param>
/// <param name="Reserved">What calls in flight may cost at worst.</param>
public sealed record TightBudget(string Name, decimal Cap, decimal Spent, decimal Reserved);
