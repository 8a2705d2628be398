using Darkroom.Jobs.Estimates;

namespace Darkroom.Jobs.Tests.Estimates;

public sealed class BatchEstimateTests
{
    [Fact]
    public void Of_NothingMeasured_IsTheEstimate() =>
        BatchEstimate.Of([new(10, 0, 1m, 2m, 0, 0), new(5, 0, 0.5m, 1.5m, 0, 0)]).ShouldBe(new BatchEstimate(1.5m, 3.5m, 0, null, 0));

    [Fact]
    public void Of_SomeKindsMeasured_TakesTheirAverageAndTheOthersEstimate() =>
        BatchEstimate.Of([new(100, 0, 10m, 20m, 4, 0.2m), new(5, 0, 0.5m, 1.5m, 0, 0)]).ShouldBe(new BatchEstimate(10.5m, 21.5m, 0, 5.5m, 4));

    [Fact]
    public void Of_AllMeasured_IsWhatItCost() =>
        BatchEstimate.Of([new(3, 0, 10m, 20m, 3, 0.0239640m)]).MeasuredUsd.ShouldBe(0.023964m);

    [Fact]
    public void Of_UnknownPrice_IsCountedAndNull() => BatchEstimate.Of([new(7, 7, 0, 0, 0, 0)]).ShouldBe(new BatchEstimate(null, null, 7, null, 0));
}
