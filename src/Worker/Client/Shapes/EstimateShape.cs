namespace Darkroom.Worker.Client.Shapes;

/// <summary>What a batch was estimated at, and what its calls so far say of it. Money is a decimal string of USD.</summary>
/// <param name="ExpectedUsd">Likely; null when no price was known.</param>
/// <param name="WorstUsd">At worst; null likewise.</param>
/// <param name="UnpricedItems">Items in neither.</param>
/// <param name="MeasuredUsd">Of the whole batch, going by the calls so far; null before the first.</param>
/// <param name="MeasuredItems">How many items that goes by.</param>
public sealed record EstimateShape(
    string? ExpectedUsd,
    string? WorstUsd,
    long UnpricedItems,
    string? MeasuredUsd,
    long MeasuredItems);
