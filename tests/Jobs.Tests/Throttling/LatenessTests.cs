using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class LatenessTests
{
    private readonly Lateness _lateness = new(margin: 0);

    [Fact]
    public void Take_NobodyLate_IsNothing()
    {
        Began(0).ShouldBeFalse();
        Began(-5).ShouldBeFalse();
        Began(2).ShouldBeFalse();
        _lateness.Take().ShouldBeNull();
    }

    [Fact]
    public void Take_SomeLate_AddsTheirCostsAndKeepsTheWorst()
    {
        Began(0);
        Began(30, putOff: 100, new CallCost(2, 3, 40)).ShouldBeTrue();
        Began(20, putOff: 100, new CallCost(1, 1, 10)).ShouldBeTrue();
        Began(1, putOff: 500, new CallCost(9, 9, 9)).ShouldBeFalse();
        _lateness.Take().ShouldBe(new LateStarts(2, new CallCost(3, 4, 50), TimeSpan.FromMilliseconds(130)));
        _lateness.Take().ShouldBeNull();
    }

    [Fact]
    public void Began_AllAsLateAsEachOther_OnlyWhatIsBeyondTellsOfCallsComingCloser()
    {
        Began(4);
        _lateness.Take();
        for (var calls = 0; calls < 40; calls++) Began(4).ShouldBeFalse();
        Began(4 + 2.5).ShouldBeTrue();
        _lateness.Take()!.Until.TotalMilliseconds.ShouldBe(2.5, 0.001);
    }

    [Fact]
    public void Began_AllVeryLate_IsNotTakenForUsual()
    {
        for (var calls = 0; calls < 40; calls++) Began(30).ShouldBeTrue();
        _lateness.Take()!.Until.TotalMilliseconds.ShouldBe(30, 0.001);
    }

    [Fact]
    public void Began_WithinTheMargin_IsBorneByIt()
    {
        var lateness = new Lateness(margin: 0.006);
        lateness.Began(TimeSpan.Zero, TimeSpan.Zero, default);
        lateness.Began(TimeSpan.FromMilliseconds(3.9), TimeSpan.Zero, default).ShouldBeFalse("6 ms lie between, and 2 of them are the way's");
        lateness.Take().ShouldBeNull();
        lateness.Began(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(100), default).ShouldBeTrue();
        lateness.Take()!.Until.TotalMilliseconds.ShouldBe(106, 0.001);
    }

    private bool Began(double milliseconds, double putOff = 0, CallCost cost = default) =>
        _lateness.Began(TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromMilliseconds(putOff), cost);
}
