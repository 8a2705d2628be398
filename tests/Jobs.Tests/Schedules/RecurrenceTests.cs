using System.Globalization;
using Darkroom.Jobs.Schedules;

namespace Darkroom.Jobs.Tests.Schedules;

/// <summary>When schedules occur, above all in the nights in which the clocks change (Berlin: 29 March and 25 October 2026).</summary>
public sealed class RecurrenceTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 2 * * *", "03-29 02:00:00, 03-30 02:00:00")]
    [InlineData("*/5 * * * *", "03-28 12:05:00, 03-28 12:10:00")]
    [InlineData("30 4 * * 0", "03-29 04:30:00, 04-05 04:30:00")]
    [InlineData("30 4 * * 7", "03-29 04:30:00, 04-05 04:30:00")]
    [InlineData("30 4 * * 1-5", "03-30 04:30:00, 03-31 04:30:00")]
    [InlineData("30 4 ? * 1", "03-30 04:30:00, 04-06 04:30:00")]
    [InlineData("0 2 1 * *", "04-01 02:00:00, 05-01 02:00:00")]
    [InlineData("15 0 2 * * 1", "03-30 02:00:15, 04-06 02:00:15")]
    [InlineData("*/10 * * * * *", "03-28 12:00:10, 03-28 12:00:20")]
    [InlineData("@daily", "03-29 00:00:00, 03-30 00:00:00")]
    [InlineData(" @Weekly ", "03-29 00:00:00, 04-05 00:00:00")]
    [InlineData("@yearly", "01-01 00:00:00, 01-01 00:00:00")]
    public void NextAfter_CrontabForm_IsReadAsCrontabReadsIt(string cron, string expected)
    {
        var recurrence = new Recurrence("s", Recurrence.Expand(cron), "UTC");
        var first = recurrence.NextAfter(Now);
        string.Join(", ", new[] { first, recurrence.NextAfter(first) }.Select(at => at.UtcDateTime.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture))).ShouldBe(expected);
    }

    [Theory]
    [InlineData("", "has 0 fields")]
    [InlineData("daily", "has 1 fields")]
    [InlineData("@daly", "did you mean \"@daily\"")]
    [InlineData("@reboot", "known are @hourly, @daily")]
    [InlineData("0 2 * *", "has 4 fields")]
    [InlineData("0 0 2 * * * 2027", "has 7 fields")]
    [InlineData("60 * * * *", "between 0 and 59")]
    [InlineData("99 * * * *", "between 0 and 59")]
    [InlineData("5,099 * * * *", "Minutes")]
    [InlineData("99 0 2 * * *", "Seconds")]
    [InlineData("0 2 * 99 *", "Months")]
    [InlineData("0 24 * * *", "between 0 and 23")]
    [InlineData("0 2 1 * 1", "can't both be restricted")]
    [InlineData("0 2 */2 * 1", "can't both be restricted")]
    [InlineData("0 2 30 2 *", "never fires")]
    public void NextAfter_CannotBeRead_SaysWhichAndWhy(string cron, string reason)
    {
        var fault = Should.Throw<FormatException>(() => new Recurrence("nightly", cron, "UTC").NextAfter(Now));
        fault.Message.ShouldStartWith($"Schedule 'nightly': cron '{cron}': ");
        fault.Message.ShouldContain(reason);
    }

    [Fact]
    public void NextAfter_UnknownTimeZone_SaysSo() =>
        Should.Throw<FormatException>(() => new Recurrence("nightly", "0 2 * * *", "Europe/Atlantis").NextAfter(Now)).Message.ShouldContain("'Europe/Atlantis'");

    [Theory]
    // The night of 29 March 2026 has no 02:30 in Berlin, that of 25 October 2026 has two.
    [InlineData("2026-03-28T12:00Z", "2026-03-30T12:00Z", 2)]
    [InlineData("2026-10-24T12:00Z", "2026-10-26T12:00Z", 2)]
    public void NextAfter_ClockChange_FiresOnceANight(string from, string until, int expected)
    {
        var recurrence = new Recurrence("nightly", "30 2 * * *", "Europe/Berlin");
        var end = DateTimeOffset.Parse(until, CultureInfo.InvariantCulture);
        var fired = 0;
        for (var at = recurrence.NextAfter(DateTimeOffset.Parse(from, CultureInfo.InvariantCulture)); at < end; at = recurrence.NextAfter(at)) fired++;
        fired.ShouldBe(expected);
    }

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
        var recurrence = new Recurrence("s", cron, zone);
        var at = DateTimeOffset.Parse(from, CultureInfo.InvariantCulture);
        for (var i = 0; i < count; i++) yield return at = recurrence.NextAfter(at);
    }
}
