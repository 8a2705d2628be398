using System.Globalization;
using Darkroom.Jobs.Lanes;
using Darkroom.Worker.Engines;

namespace Darkroom.Worker.Tests.Engines;

/// <summary>When schedules occur, above all in the nights in which the clocks change (Berlin: 29 March and 25 October 2026).</summary>
public sealed class ScheduleTimesTests
{
    [Theory]
    [InlineData("0 2 * * *", "2026-11-22T12:00:00Z", "11-23 01:00, 11-24 01:00, 11-25 01:00")]
    // 02:00 and 02:30 are left out: the end of the gap.
    [InlineData("0 2 * * *", "2026-03-27T12:00:00Z", "03-28 01:00, 03-29 01:00, 03-30 00:00")]
    [InlineData("30 2 * * *", "2026-03-27T12:00:00Z", "03-28 01:30, 03-29 01:00, 03-30 00:30")]
    // Both are repeated: the first time.
    [InlineData("0 2 * * *", "2026-10-23T12:00:00Z", "10-24 00:00, 10-25 00:00, 10-26 01:00")]
    [InlineData("30 2 * * *", "2026-10-23T12:00:00Z", "10-24 00:30, 10-25 00:30, 10-26 01:30")]
    // Asked between the two.
    [InlineData("30 2 * * *", "2026-10-25T00:30:00Z", "10-26 01:30, 10-27 01:30, 10-28 01:30")]
    [InlineData("30 2 * * *", "2026-10-25T01:15:00Z", "10-26 01:30, 10-27 01:30, 10-28 01:30")]
    [InlineData("30 4 * * 1", "2026-11-22T12:00:00Z", "11-23 03:30, 11-30 03:30, 12-07 03:30")]
    // Hourly ones know neither gap nor repetition.
    [InlineData("0 * * * *", "2026-03-28T23:30:00Z", "03-29 00:00, 03-29 01:00, 03-29 02:00")]
    [InlineData("0 * * * *", "2026-10-24T23:30:00Z", "10-25 00:00, 10-25 01:00, 10-25 02:00")]
    [InlineData("*/30 * * * *", "2026-10-25T00:15:00Z", "10-25 00:30, 10-25 01:00, 10-25 01:30")]
    [InlineData("*/30 * * * *", "2026-03-29T00:15:00Z", "03-29 00:30, 03-29 01:00, 03-29 01:30")]
    public void NextAfter_InBerlin_EachWallClockTimeOnce(string cron, string from, string expected) =>
        string.Join(", ", Next(cron, "Europe/Berlin", from, 3)).ShouldBe(expected);

    [Fact]
    public void NextAfter_OverAYear_EveryDayHasOne()
    {
        foreach (var zone in new[] { "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC" })
        {
            foreach (var cron in new[] { "0 2 * * *", "15 2 * * *", "59 1 * * *", "0 0 * * *" })
            {
                var days = Times(cron, zone, "2026-01-01T12:00:00Z", 365).Select(at => TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(zone)).Date).ToList();
                days.Distinct().Count().ShouldBe(365, $"{cron} in {zone}");
                (days[^1] - days[0]).ShouldBe(TimeSpan.FromDays(364), $"{cron} in {zone}");
            }
        }
    }

    [Fact]
    public void NextAfter_HourlyOverAYear_EveryHourHasOne()
    {
        var times = Times("0 * * * *", "Europe/Berlin", "2026-01-01T11:30:00Z", 8760).ToList();
        times.Zip(times.Skip(1), (a, b) => b - a).ShouldAllBe(step => step == TimeSpan.FromHours(1));
    }

    private static IEnumerable<string> Next(string cron, string zone, string from, int count) =>
        Times(cron, zone, from, count).Select(at => at.UtcDateTime.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture));

    private static IEnumerable<DateTimeOffset> Times(string cron, string zone, string from, int count)
    {
        var times = new ScheduleTimes();
        var schedule = new EngineSchedule("s", cron, zone);
        var at = DateTimeOffset.Parse(from, CultureInfo.InvariantCulture);
        for (var i = 0; i < count; i++) yield return at = times.NextAfter(schedule, at).ShouldNotBeNull();
    }
}
