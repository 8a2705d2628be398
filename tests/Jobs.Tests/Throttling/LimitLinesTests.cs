using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class LimitLinesTests
{
    private static readonly LimitsOptions Options = new() { ["b"] = new() { ImagesPerMinute = 20, RequestsPerMinute = 7 } };

    [Fact]
    public void Of_NothingKnown_ShowsWhatIsConfigured() =>
        new LimitLines(Options, ["b", "a"]).Of([]).Select(line => (line.Group, line.Dimension, line.ConfiguredPerMinute, line.UsedLastMinute))
            .ShouldBe([("b", "requests", 7, 0), ("b", "images", 20, 0)]);

    [Fact]
    public void Of_KnownAndConfigured_ShowsTheConfigurationOfNowBesideWhatWasLearned()
    {
        var line = new LimitLines(Options, ["b"]).Of([State("b", "images") with { ConfiguredPerMinute = 99, LearnedPerMinute = 5, LearnedFrom = "told", UsedLastMinute = 3 }])
            .Single(line => line.Dimension == "images");
        (line.ConfiguredPerMinute, line.LearnedPerMinute, line.UsedLastMinute).ShouldBe((20, 5, 3));
    }

    [Fact]
    public void Of_GroupsOfNoModel_AreShownInOrder() =>
        new LimitLines(new LimitsOptions(), ["m"]).Of([State("z", "images"), State("a", "images"), State("a", "requests")]).Select(line => $"{line.Group} {line.Dimension}")
            .ShouldBe(["a requests", "a images", "z images"]);

    [Fact]
    public void Of_BatchWithCaps_HasItsOwn() =>
        new LimitLines(new LimitsOptions { ["Default"] = new() { ImagesPerMinute = 100 } }, []).Of([State("batch:x", "images") with { ConfiguredPerMinute = 4 }])
            .ShouldHaveSingleItem().ConfiguredPerMinute.ShouldBe(4);

    [Fact]
    public void Of_LimitUnderANameOfTheServices_IsShownAfterTheOthers() =>
        new LimitLines(Options, ["b"]).Of([State("b", "pixels") with { LearnedPerMinute = 1000, LearnedFrom = "told" }, State("b", "audio")])
            .Select(line => (line.Dimension, line.ConfiguredPerMinute, line.LearnedPerMinute))
            .ShouldBe([("requests", 7, null), ("images", 20, null), ("audio", null, null), ("pixels", null, 1000)]);

    private static LimitState State(string group, string dimension) => new(group, dimension, null, null, null, null, 0, TimeSpan.Zero, 1, 0, 0);
}
