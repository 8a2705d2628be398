using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Lanes;
using Darkroom.Worker.Engines;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Darkroom.Worker.Tests.Engines;

public sealed class LaneTitlesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ILaneBoard _board = Substitute.For<ILaneBoard>();
    private readonly LaneTitles _titles;

    public LaneTitlesTests()
    {
        _board.ListLiveAsync(default).ReturnsForAnyArgs([Title(1, 5), Title(2, 5)]);
        _board.FindAsync(3, default).ReturnsForAnyArgs(call => call.Arg<long>() == 3 ? Title(3, null) : null);
        _titles = new LaneTitles(_board, _time);
    }

    [Fact]
    public void Of_APageOfLanes_LooksOnceForTheLiveAndOnceForEachEnded()
    {
        for (var again = 0; again < 3; again++)
        {
            _titles.Of(1).ShouldBe("mugs.csv (b-1): 5 of 20 items, 25 %");
            _titles.Of(2).ShouldBe("mugs.csv (b-1): 5 of 20 items, 25 %");
            _titles.Of(3).ShouldBe("mugs.csv (b-1): the batch is completed with errors");
            _titles.Of(4).ShouldBe("Lane 4");
        }

        _board.ReceivedCalls().Count().ShouldBe(3);
    }

    [Fact]
    public void Of_Later_LooksAgain()
    {
        _titles.Of(1);
        _time.Advance(LaneTitles.Age);
        _titles.Of(1);
        _board.ReceivedCalls().Count().ShouldBe(2);
    }

    private static LaneTitle Title(long id, long? ended) =>
        new(id, "b-1", "mugs.csv", ended is null ? BatchState.CompletedWithErrors : BatchState.Running, 20, ended);
}
