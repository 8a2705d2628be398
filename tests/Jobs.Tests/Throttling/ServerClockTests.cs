using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class ServerClockTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServerClock _clock;
    private TimeSpan _server = TimeSpan.FromDays(20_000);

    public ServerClockTests() => _clock = new ServerClock(_time);

    [Fact]
    public void StampOf_LateAnswers_CountFromTheQuickestOfTheLastMinute()
    {
        LateBy(100).ShouldBe(0, "the first is the quickest so far");
        LateBy(5).ShouldBe(0);
        LateBy(80).ShouldBe(-75, 0.01);
        Go(50);
        LateBy(30).ShouldBe(-25, 0.01);
    }

    [Fact]
    public void StampOf_QuickestIsLongAgo_IsForgotten()
    {
        LateBy(5);
        Go(61);
        LateBy(30).ShouldBe(0, 0.01, "a clock that drifts is measured anew");
    }

    // Milliseconds from now to the stamp of a server's time whose answer took so long.
    private double LateBy(double milliseconds)
    {
        var at = _server;
        Go(milliseconds / 1000);
        return (double)(_clock.StampOf(at) - _time.GetTimestamp()) / _time.TimestampFrequency * 1000;
    }

    private void Go(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _server += TimeSpan.FromSeconds(seconds);
    }
}
