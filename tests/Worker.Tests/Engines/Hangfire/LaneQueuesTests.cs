using Darkroom.Worker.Engines.Hangfire;

namespace Darkroom.Worker.Tests.Engines.Hangfire;

public class LaneQueuesTests
{
    [Fact]
    public void All_Always_IsPinned() =>
        LaneQueues.All.ShouldBe(["lane-0", "lane-1", "lane-2", "lane-3", "lane-4", "lane-5", "lane-6", "lane-7", "lane-8", "lane-9"]);

    [Fact]
    public void Of_MoreUrgent_ComesFirstInTheAlphabet()
    {
        var byPriority = Enumerable.Range(0, 10).Reverse().Select(LaneQueues.Of).ToList();
        byPriority.ShouldBe(byPriority.Order(StringComparer.Ordinal));
        LaneQueues.Of(9).ShouldBe("lane-0");
        LaneQueues.Of(0).ShouldBe("lane-9");
    }
}
