using Darkroom.Jobs.Throttling;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class StartLagTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StartLag _lag;
    private readonly long _origin;

    public StartLagTests() => (_lag, _origin) = (new StartLag(_time), _time.GetTimestamp());

    [Fact]
    public void Wait_BeforeTheStart_IsWhatIsLeft() => Wait(250).ShouldBe(250, 0.01);

    [Fact]
    public void Wait_OnTheDot_BeginsAndPutsNothingOff()
    {
        Advance(100);
        Wait(100).ShouldBe(0);
        Wait(200).ShouldBe(100, 0.01);
    }

    [Fact]
    public void Wait_LateStart_PutsLaterOnesOffAsMuch()
    {
        Advance(300);
        Wait(100).ShouldBe(-200, 0.7);
        // What was reserved 50 ms after it comes 50 ms after it, not at once.
        Wait(150).ShouldBe(50, 0.7);
        Advance(51);
        Wait(150).ShouldBeLessThanOrEqualTo(0);
    }

    [Fact]
    public void Wait_AfterALag_MakesUpForItALittleAtATime()
    {
        Advance(1000);
        Wait(900);
        Wait(1100).ShouldBe(200, 0.01);
        Advance(10_000);
        // Two thousandths of ten seconds.
        Wait(11_100).ShouldBe(180, 0.01);
        Advance(90_000);
        Wait(101_100).ShouldBe(100, 0.01);
    }

    [Fact]
    public void Wait_HopelesslyLate_PutsOffFiveSecondsAtMost()
    {
        Advance(60_000);
        Wait(0);
        Wait(61_000).ShouldBe(6000, 0.01);
    }

    [Fact]
    public void Wait_AnyPauses_NeverLetsStartsFollowCloserThanReserved() =>
        Prop.ForAll(Gen.Choose(0, 100).ArrayOf(40).ToArbitrary(), pauses =>
        {
            var time = new FakeTimeProvider();
            var lag = new StartLag(time);
            var origin = time.GetTimestamp();
            var begun = new List<double>();
            for (var at = 0; at < pauses.Length; at++)
            {
                var start = origin + (long)(at * 0.1 * time.TimestampFrequency);
                // A busy machine comes so much later than it meant to.
                while (lag.Wait(start) is var left && left > TimeSpan.Zero) time.Advance(left + TimeSpan.FromMilliseconds(pauses[at]));
                begun.Add(time.GetElapsedTime(origin).TotalMilliseconds);
            }

            // 100 ms were reserved; a fifth of a percent is made up for.
            begun.Zip(begun.Skip(1), (one, next) => next - one).ShouldAllBe(gap => gap >= 100 * (1 - 0.002) - (0.002 * 100) - 0.01);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private double Wait(double milliseconds) => _lag.Wait(_origin + (long)(milliseconds / 1000 * _time.TimestampFrequency)).TotalMilliseconds;

    private void Advance(double milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
