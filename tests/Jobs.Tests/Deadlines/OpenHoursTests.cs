using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;

namespace Darkroom.Jobs.Tests.Deadlines;

public sealed class OpenHoursTests
{
    [Theory]
    // Within, over midnight, up to the very end, over the end, outside, and of nothing at all.
    [InlineData("22:00-06:00", "UTC", "2026-11-22T23:00Z", 60, "2026-11-23T00:00Z")]
    [InlineData("22:00-06:00", "UTC", "2026-11-22T23:00Z", 420, "2026-11-23T06:00Z")]
    [InlineData("22:00-06:00", "UTC", "2026-11-22T23:00Z", 421, "2026-11-23T22:01Z")]
    [InlineData("22:00-06:00", "UTC", "2026-11-22T12:00Z", 30, "2026-11-22T22:30Z")]
    [InlineData("22:00-06:00", "UTC", "2026-11-22T12:00Z", 0, "2026-11-22T22:00Z")]
    [InlineData("22:00-06:00", "UTC", "2026-11-22T06:00Z", 0, "2026-11-22T22:00Z")]
    [InlineData("22:00-06:00", "UTC", "2026-11-22T22:00Z", 0, "2026-11-22T22:00Z")]
    [InlineData("08:00-17:00", "UTC", "2026-11-22T12:00Z", 600, "2026-11-23T13:00Z")]
    [InlineData("00:00-06:00", "UTC", "2026-11-22T05:00Z", 61, "2026-11-23T00:01Z")]
    [InlineData("22:00-00:00", "UTC", "2026-11-22T23:00Z", 61, "2026-11-23T22:01Z")]
    // Many nights of eight hours: two days and 20 minutes of work.
    [InlineData("22:00-06:00", "UTC", "2026-11-22T22:00Z", 2900, "2026-11-28T22:20Z")]
    [InlineData("22:00-06:00", "Europe/Berlin", "2026-11-22T20:00Z", 60, "2026-11-22T22:00Z")]
    // The clock goes forward in this night, which has seven hours then; and back in that one.
    [InlineData("22:00-06:00", "Europe/Berlin", "2026-03-28T21:00Z", 421, "2026-03-29T20:01Z")]
    [InlineData("22:00-06:00", "Europe/Berlin", "2026-10-24T20:00Z", 541, "2026-10-25T21:01Z")]
    // A bound in the hour that is left out, and in the one that comes twice: it is open twice then.
    [InlineData("22:00-02:30", "Europe/Berlin", "2026-03-28T21:00Z", 241, "2026-03-29T20:01Z")]
    [InlineData("22:00-02:30", "Europe/Berlin", "2026-10-24T20:00Z", 271, "2026-10-25T01:01Z")]
    [InlineData("02:30-06:00", "Europe/Berlin", "2026-03-28T22:00Z", 0, "2026-03-29T01:00Z")]
    [InlineData("02:30-06:00", "Europe/Berlin", "2026-10-25T00:30Z", 31, "2026-10-25T01:31Z")]
    public void After_Hours_CountsOnlyWhatLiesWithin(string window, string zone, string start, double minutes, string expected)
    {
        var hours = Hours(window, zone);
        var end = hours.After(At(start), TimeSpan.FromMinutes(minutes));
        end.ShouldBe(At(expected));
        hours.Between(At(start), end).ShouldBe(TimeSpan.FromMinutes(minutes));
    }

    [Theory]
    [InlineData("22:00-06:00", "2026-03-28T12:00Z", "2026-03-29T12:00Z", 7)]
    [InlineData("22:00-06:00", "2026-10-24T12:00Z", "2026-10-25T12:00Z", 9)]
    [InlineData("22:00-06:00", "2026-11-22T12:00Z", "2026-11-23T12:00Z", 8)]
    [InlineData("22:00-06:00", "2026-11-22T12:00Z", "2026-11-22T13:00Z", 0)]
    [InlineData("22:00-06:00", "2026-11-22T13:00Z", "2026-11-22T12:00Z", 0)]
    public void Between_TwoInstants_IsTheOpenTime(string window, string start, string end, double hours) =>
        Hours(window, "Europe/Berlin").Between(At(start), At(end)).ShouldBe(TimeSpan.FromHours(hours));

    [Fact]
    public void After_YearsOfWork_EndsSomewhereFarOff() =>
        Hours("22:00-06:00", "Europe/Berlin").After(At("2026-11-22T12:00Z"), TimeSpan.FromDays(9_000)).ShouldBeGreaterThan(At("2050-01-01T00:00Z"));

    [Fact]
    public void Of_NoHoursOrAZoneThatIsNotKnownHere_IsNull()
    {
        OpenHours.Of(null).ShouldBeNull();
        OpenHours.Of(new BatchHours(new TimeOnly(22, 0), new TimeOnly(6, 0), "Nowhere/Else")).ShouldBeNull();
    }

    private static OpenHours Hours(string window, string zone)
    {
        var bounds = window.Split('-').Select(text => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture)).ToList();
        return OpenHours.Of(new BatchHours(bounds[0], bounds[1], zone)).ShouldNotBeNull();
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
