using Darkroom.Jobs.Schedules;

namespace Darkroom.Jobs.Tests.Schedules;

public sealed class DueTimesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Last_NothingPassed_IsNull()
    {
        var daily = new Every(TimeSpan.FromDays(1));
        DueTimes.Last(daily.NextAfter, Start, Start.AddHours(23.9)).ShouldBeNull();
        DueTimes.Last(daily.NextAfter, Start.AddDays(1), Start.AddDays(1)).ShouldBeNull();
    }

    [Fact]
    public void Last_Now_IsDue() => DueTimes.Last(new Every(TimeSpan.FromDays(1)).NextAfter, Start, Start.AddDays(1)).ShouldBe(Start.AddDays(1));

    [Fact]
    public void Last_ManyWereMissed_IsTheLastOfThem() => DueTimes.Last(new Every(TimeSpan.FromDays(1)).NextAfter, Start, Start.AddDays(5.3)).ShouldBe(Start.AddDays(5));

    [Fact]
    public void Last_AYearOfSecondsWasMissed_DoesNotCountThemAll()
    {
        var secondly = new Every(TimeSpan.FromSeconds(1));
        DueTimes.Last(secondly.NextAfter, Start, Start.AddDays(365).AddMilliseconds(1)).ShouldBe(Start.AddDays(365));
        secondly.Asked.ShouldBeLessThan(200);
    }

    private sealed class Every(TimeSpan step)
    {
        public int Asked { get; private set; }

        public DateTimeOffset NextAfter(DateTimeOffset after)
        {
            Asked++;
            return Start + (step * (Math.Floor((after - Start) / step) + 1));
        }
    }
}
