using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Estimates;

public sealed class DurationRuleTests
{
    private static readonly EstimateSum Sum = new(100, 200, 300, new TokenUsage(1000, 2000, 3000, 4000), default, 0, 0, 0);

    [Fact]
    public void CallTime_IsTheLeastPublished() => DurationRule.CallTime.ShouldBe(TimeSpan.FromSeconds(15));

    [Theory]
    [InlineData(10, null, null, null, LimitDimension.Images, (20 * 60) + 15)]
    [InlineData(10, 2, null, null, LimitDimension.Requests, (50 * 60) + 15)]
    [InlineData(10, 2, 3, null, LimitDimension.InputImages, (100 * 60) + 15)]
    [InlineData(10, 2, 3, 50, LimitDimension.Tokens, (200 * 60) + 15)]
    [InlineData(1_000_000, null, null, null, DurationRule.InFlight, 150)]
    [InlineData(null, null, null, null, DurationRule.InFlight, 150)]
    public void Of_Limits_TheScarcestDecides(int? images, int? requests, int? inputs, int? tokens, string scarcest, int seconds)
    {
        var limits = new GroupLimits { Margin = 0, ImagesPerMinute = images, RequestsPerMinute = requests, InputImagesPerMinute = inputs, TokensPerMinute = tokens };
        var estimate = DurationRule.Of("g", Sum, limits, maxInFlight: 10);
        estimate.Scarcest.ShouldBe(scarcest);
        estimate.Duration.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void Of_PlacesInFlight_TheFewerOfGroupAndProcessCount() =>
        DurationRule.Of("g", Sum, new GroupLimits { MaxInFlight = 2 }, maxInFlight: 10).Duration.ShouldBe(TimeSpan.FromSeconds(50 * 15));

    [Fact]
    public void Together_GroupsRunSideBySide_AndShareTheProcess()
    {
        var one = DurationRule.Of("a", Sum, new GroupLimits { ImagesPerMinute = 10 }, maxInFlight: 64);
        var other = DurationRule.Of("b", Sum, new GroupLimits { ImagesPerMinute = 20 }, maxInFlight: 64);
        DurationRule.Together([one, other], maxInFlight: 64).ShouldBe(one.Duration);
        DurationRule.Together([one, other], maxInFlight: 1).ShouldBe(TimeSpan.FromSeconds(200 * 15));
    }

    [Fact]
    public void Of_Margin_IsLeftUnused() =>
        DurationRule.Of("g", Sum, new GroupLimits { Margin = 0.2, ImagesPerMinute = 10 }, maxInFlight: 64).Duration.ShouldBe(TimeSpan.FromSeconds((25 * 60) + 15));

    [Theory]
    [InlineData(5.0, null, (40 * 60) + 15)]
    [InlineData(null, 2, 50 * 15)]
    [InlineData(1000.0, 1000, (20 * 60) + 15)]
    public void Together_CapsOfTheBatch_BoundAllOfIt(double? rate, int? inFlight, int seconds)
    {
        var sum = new EstimateSum(50, 100, 150, default, default, 0, 0, 0);
        LimitsEstimate[] groups = [.. new[] { 5, 100 }.Select(images => DurationRule.Of("g", sum, new GroupLimits { Margin = 0, ImagesPerMinute = images }, maxInFlight: 64))];
        if (inFlight == 2) groups = groups[1..].Concat(groups[1..]).ToArray();
        DurationRule.Together(groups, maxInFlight: 64, new BatchCaps(rate, inFlight)).ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void Of_HopelessLimit_IsLongAndNoFault() =>
        DurationRule.Of("g", Sum with { Images = long.MaxValue }, new GroupLimits { ImagesPerMinute = 0.001 }, maxInFlight: 1).Duration.ShouldBe(TimeSpan.FromDays(100_000));
}
