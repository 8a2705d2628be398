using Darkroom.Jobs.Throttling;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class ServerClockTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly long _origin;

    public ServerClockTests() => _origin = _time.GetTimestamp();

    [Fact]
    public void StampOf_FirstAnswer_CountsFromItsArrival()
    {
        var clock = new ServerClock(_time);
        _time.Advance(TimeSpan.FromSeconds(3));
        Milliseconds(clock.StampOf(TimeSpan.FromDays(20_000))).ShouldBe(3000, 0.1);
    }

    [Fact]
    public void StampOf_LaterAnswerOnASlowWay_CountsFromTheServersClock()
    {
        var clock = new ServerClock(_time);
        var server = TimeSpan.FromDays(20_000);
        clock.StampOf(server);
        // Read a second later, here 400 ms after that.
        _time.Advance(TimeSpan.FromMilliseconds(1400));
        Milliseconds(clock.StampOf(server + TimeSpan.FromSeconds(1))).ShouldBe(1000, 0.1);
    }

    [Fact]
    public void StampOf_ClocksThatDrift_FollowsTheNewestAnswers()
    {
        var clock = new ServerClock(_time);
        var server = TimeSpan.FromDays(20_000);
        clock.StampOf(server);
        // This process's clock has jumped a minute ahead of the server's, as after a suspend: after 64 answers the old difference is forgotten.
        _time.Advance(TimeSpan.FromMinutes(1));
        long stamp = 0;
        for (var answer = 0; answer < 64; answer++) stamp = clock.StampOf(server);
        Milliseconds(stamp).ShouldBe(60_000, 0.1);
    }

    [Fact]
    public void StampOf_AnyDelays_IsNeverAfterItsArrivalAndAsEvenAsTheServers() =>
        Prop.ForAll(Gen.Choose(0, 90).ArrayOf(50).ToArbitrary(), delays =>
        {
            var time = new FakeTimeProvider();
            var (clock, origin) = (new ServerClock(time), time.GetTimestamp());
            var server = TimeSpan.FromDays(20_000);
            // The first way takes no time, so all the others are known by it.
            clock.StampOf(server);
            for (var at = 1; at <= delays.Length; at++)
            {
                var due = TimeSpan.FromMilliseconds((at * 100) + delays[at - 1]);
                time.Advance(due - time.GetElapsedTime(origin));
                time.GetElapsedTime(origin, clock.StampOf(server + TimeSpan.FromMilliseconds(at * 100))).TotalMilliseconds.ShouldBe(at * 100, 0.1);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    private double Milliseconds(long stamp) => _time.GetElapsedTime(_origin, stamp).TotalMilliseconds;
}
