using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class LimitLinesTests
{
    private static readonly LimitsOptions Options = new() { ["b"] = new() { ImagesPerMinute = 20, RequestsPerMinute = 7 } };

    [Fact]
    public void Of_NothingKnown_ShowsWhatIsConfigured() =>
        new LimitLines(Options, ["b", "a"], Scope).Of([]).Select(line => (line.Group, line.Dimension, line.ConfiguredPerMinute, line.UsedLastMinute))
            .ShouldBe([("b", "requests", 7, 0), ("b", "images", 20, 0)]);

    [Fact]
    public void Of_KnownAndConfigured_ShowsTheConfigurationOfNowBesideWhatWasLearned()
    {
        var line = new LimitLines(Options, ["b"], Scope).Of([State("b", "images") with { ConfiguredPerMinute = 99, LearnedPerMinute = 5, LearnedFrom = "told", UsedLastMinute = 3 }])
            .Single(line => line.Dimension == "images");
        (line.ConfiguredPerMinute, line.LearnedPerMinute, line.UsedLastMinute).ShouldBe((20, 5, 3));
    }

    [Fact]
    public void Of_GroupsOfNoModel_AreShownInOrder() =>
        new LimitLines(new LimitsOptions(), ["m"], Scope).Of([State("z", "images"), State("a", "images"), State("a", "requests")]).Select(line => $"{line.Group} {line.Dimension}")
            .ShouldBe(["a requests", "a images", "z images"]);

    [Fact]
    public void Of_BatchWithCaps_HasItsOwn() =>
        new LimitLines(new LimitsOptions { ["Default"] = new() { ImagesPerMinute = 100 } }, [], Scope).Of([State("batch:x", "images") with { ConfiguredPerMinute = 4 }])
            .ShouldHaveSingleItem().ConfiguredPerMinute.ShouldBe(4);

    [Fact]
    public void Of_LimitUnderANameOfTheServices_IsShownAfterTheOthers() =>
        new LimitLines(Options, ["b"], Scope).Of([State("b", "pixels") with { LearnedPerMinute = 1000, LearnedFrom = "told" }, State("b", "audio")])
            .Select(line => (line.Dimension, line.ConfiguredPerMinute, line.LearnedPerMinute))
            .ShouldBe([("requests", 7, null), ("images", 20, null), ("audio", null, null), ("pixels", null, 1000)]);

    [Fact]
    public void Of_OtherEndpoint_StandsBehindOursWithItsOwnConfiguration()
    {
        var other = State("b", "images") with { ConfiguredPerMinute = 3, LearnedPerMinute = 12, Endpoint = "http://other/v1", KeyName = "none", IsOurs = false };
        new LimitLines(Options, ["b"], Scope).Of([other]).Select(line => (line.Dimension, line.Endpoint, line.ConfiguredPerMinute, line.LearnedPerMinute))
            .ShouldBe([("requests", Scope.Endpoint, 7, null), ("images", Scope.Endpoint, 20, null), ("images", "http://other/v1", 3, 12)]);
    }

    [Theory]
    // Configured, learned, from, learning on; pace, source, words.
    [InlineData(20d, null, null, false, 20d, "configured", "20 images per minute, configured")]
    [InlineData(20d, 12d, "told", false, 12d, "learned", "12 images per minute, learned 5 min ago from what http://x/v1 told; configured: 20")]
    [InlineData(20d, 12d, "found", false, 12d, "learned", "12 images per minute, learned 5 min ago from a 429 of http://x/v1; configured: 20")]
    [InlineData(20d, 30d, "told", false, 20d, "configured", "20 images per minute, configured")]
    [InlineData(20d, 30d, "told", true, 30d, "learned", "30 images per minute, learned 5 min ago from what http://x/v1 told; configured: 20")]
    [InlineData(null, 1.5, "found", false, 1.5, "learned", "1.5 images per minute, learned 5 min ago from a 429 of http://x/v1; configured: none")]
    public void PaceOf_ConfiguredAndLearned_SaysWhichHolds(double? configured, double? learned, string? from, bool learns, double pace, string source, string words)
    {
        var limits = new LimitsOptions { ["b"] = new() { ImagesPerMinute = configured, Learn = learns } };
        var state = State("b", "images") with { LearnedPerMinute = learned, LearnedFrom = from, LearnedAgo = learned is null ? null : TimeSpan.FromMinutes(5), Endpoint = "http://x/v1" };
        var now = new LimitLines(limits, [], Scope).PaceOf([state, state with { LearnedPerMinute = 0.1, LearnedFrom = "told", IsOurs = false }], ["b"]).ShouldNotBeNull();
        (now.PerMinute, now.Source, now.Describe()).ShouldBe((pace, source, words));
    }

    [Fact]
    public void PaceOf_BatchCapIsScarcer_IsTheBatchs()
    {
        var cap = State("batch:x", "images") with { ConfiguredPerMinute = 4 };
        var pace = new LimitLines(Options, [], Scope).PaceOf([cap], ["b", "batch:x"]).ShouldNotBeNull();
        (pace.PerMinute, pace.Source).ShouldBe((4, "batch"));
    }

    [Fact]
    public void PaceOf_NothingLimits_IsNull() => new LimitLines(new LimitsOptions(), [], Scope).PaceOf([State("b", "images")], ["b"]).ShouldBeNull();

    private static LimitScope Scope { get; } = LimitScope.Of(new EndpointOptions { BaseUrl = "http://x/v1" }, account: null);

    private static LimitState State(string group, string dimension) => new(group, dimension, null, null, null, null, 0, TimeSpan.Zero, 1, 0, 0);
}
