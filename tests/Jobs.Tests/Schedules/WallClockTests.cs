using System.Globalization;
using Darkroom.Jobs.Schedules;

namespace Darkroom.Jobs.Tests.Schedules;

public sealed class WallClockTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("2026-11-23T02:00", "2026-11-23T02:00:00+01:00")]
    [InlineData("2026-07-01T02:00", "2026-07-01T02:00:00+02:00")]
    // Left out on 29 March 2026: the end of the gap.
    [InlineData("2026-03-29T02:00", "2026-03-29T03:00:00+02:00")]
    [InlineData("2026-03-29T02:30", "2026-03-29T03:00:00+02:00")]
    // Repeated on 25 October 2026: the first time.
    [InlineData("2026-10-25T02:30", "2026-10-25T02:30:00+02:00")]
    [InlineData("2026-10-25T03:00", "2026-10-25T03:00:00+01:00")]
    public void ToInstant_AnyTime_IsOneInstant(string wall, string instant) =>
        WallClock.ToInstant(DateTime.Parse(wall, CultureInfo.InvariantCulture), Berlin).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture).ShouldBe(instant);

    [Fact]
    public void At_Instant_IsWhatTheClockShows() =>
        WallClock.At(new DateTimeOffset(2026, 11, 23, 1, 30, 0, TimeSpan.Zero), Berlin).ShouldBe(new DateTime(2026, 11, 23, 2, 30, 0));
}
