namespace Darkroom.Jobs.Estimates;

/// <summary>One kind of call of a batch: what was estimated, and what was measured since.</summary>
/// <param name="Items">Items of the kind in the whole batch.</param>
/// <param name="UnpricedItems">Those of unknown price.</param>
/// <param name="ExpectedUsd">USD likely, estimated.</param>
/// <param name="WorstUsd">USD at worst, estimated.</param>
/// <param name="MeasuredItems">Items whose calls are in the measure.</param>
/// <param name="MeasuredUsd">What those cost.</param>
public sealed record MeasuredGroup(long Items, long UnpricedItems, decimal ExpectedUsd, decimal WorstUsd, long MeasuredItems, decimal MeasuredUsd);
