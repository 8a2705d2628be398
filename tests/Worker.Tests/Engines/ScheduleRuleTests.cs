using System.Globalization;
using Darkroom.Jobs.Lanes;
using Darkroom.Worker.Engines;

namespace Darkroom.Worker.Tests.Engines;

public class ScheduleRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 2 * * *", "0 0 2 * * ?")]
    [InlineData("*/5 * * * *", "0 */5 * * * ?")]
    [InlineData("30 4 * * 0", "0 30 4 ? * SUN")]
    [InlineData("30 4 * * 7", "0 30 4 ? * SUN")]
    [InlineData("30 4 * * 1-5", "0 30 4 ? * MON-FRI")]
    [InlineData("30 4 ? * 1", "0 30 4 ? * MON")]
    [InlineData("0 2 1 * *", "0 0 2 1 * ?")]
    [InlineData("15 0 2 * * 1", "15 0 2 ? * MON")]
    [InlineData("*/10 * * * * *", "*/10 * * * * ?")]
    [InlineData("@daily", "0 0 0 * * ?")]
    [InlineData(" @Weekly ", "0 0 0 ? * SUN")]
    [InlineData("@yearly", "0 0 0 1 1 ?")]
    public void Parse_CrontabForm_MeansTheSameInQuartzForm(string cron, string expected) =>
        ScheduleRule.Parse(new EngineSchedule("s", cron, "UTC"), Now).Cron.CronExpressionString.ShouldBe(expected);

    [Theory]
    [InlineData("", "has 0 fields")]
    [InlineData("daily", "has 1 fields")]
    [InlineData("@daly", "did you mean \"@daily\"")]
    [InlineData("@reboot", "known are @hourly, @daily")]
    [InlineData("0 2 * *", "has 4 fields")]
    [InlineData("0 0 2 * * * 2027", "has 7 fields")]
    [InlineData("60 * * * *", "'60' holds a number above 59")]
    [InlineData("99 * * * *", "'99' holds a number above 59")]
    [InlineData("5,099 * * * *", "'5,099' holds a number above 59")]
    [InlineData("99 0 2 * * *", "'99' holds a number above 59")]
    [InlineData("0 2 * 99 *", "'99' holds a number above 59")]
    [InlineData("0 24 * * *", "Hour values must be between 0 and 23")]
    [InlineData("0 2 1 * 1", "can't both be restricted")]
    [InlineData("0 2 */2 * 1", "can't both be restricted")]
    [InlineData("0 2 30 2 *", "never fires")]
    public void Parse_CannotBeRead_SaysWhichAndWhy(string cron, string reason)
    {
        var fault = Should.Throw<FormatException>(() => ScheduleRule.Parse(new EngineSchedule("nightly", cron, "UTC"), Now));
        fault.Message.ShouldStartWith($"Schedule 'nightly': cron '{cron}': ");
        fault.Message.ShouldContain(reason);
    }

    [Fact]
    public void Parse_UnknownTimeZone_SaysSo() =>
        Should.Throw<FormatException>(() => ScheduleRule.Parse(new EngineSchedule("nightly", "0 2 * * *", "Europe/Atlantis"), Now)).Message.ShouldContain("'Europe/Atlantis'");

    [Theory]
    // The night of 29 March 2026 has no 02:30 in Berlin, that of 25 October 2026 has two.
    [InlineData("2026-03-28T12:00Z", "2026-03-30T12:00Z", 2)]
    [InlineData("2026-10-24T12:00Z", "2026-10-26T12:00Z", 2)]
    public void Parse_ClockChange_FiresOnceANight(string from, string until, int expected)
    {
        var cron = ScheduleRule.Parse(new EngineSchedule("nightly", "30 2 * * *", "Europe/Berlin"), Now).Cron;
        var end = DateTimeOffset.Parse(until, CultureInfo.InvariantCulture);
        var fired = 0;
        for (var at = cron.GetNextValidTimeAfter(DateTimeOffset.Parse(from, CultureInfo.InvariantCulture)); at is { } time && time < end; at = cron.GetNextValidTimeAfter(time)) fired++;
        fired.ShouldBe(expected);
    }
}
