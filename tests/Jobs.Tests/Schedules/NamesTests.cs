using Darkroom.Jobs.Schedules;

namespace Darkroom.Jobs.Tests.Schedules;

/// <summary>Names are stored and printed: an API.</summary>
public sealed class NamesTests
{
    [Fact]
    public void ToName_OfStatesAndOverlaps_IsAsPinned()
    {
        Enum.GetValues<ScheduleRunState>().Select(state => state.ToName()).ShouldBe(["queued", "starting", "started", "skipped", "failed"]);
        Enum.GetValues<ScheduleOverlap>().Select(overlap => overlap.ToName()).ShouldBe(["skip", "queue"]);
    }

    [Theory]
    [InlineData("nightly", true)]
    [InlineData("shop.eu_2-a", true)]
    [InlineData("", false)]
    [InlineData("-x", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    public void FaultOf_Name_SaysWhatIsWrong(string name, bool isFine) => (ScheduleNames.FaultOf(name) is null).ShouldBe(isFine);
}
