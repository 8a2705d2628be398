using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Tests.Deadlines;

public sealed class DeadlineTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 1, 0, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("06:00", "2026-11-23T05:00:00Z")]
    [InlineData("6:00", "2026-11-23T05:00:00Z")]
    [InlineData("02:00", "2026-11-24T01:00:00Z")]
    [InlineData("01:30", "2026-11-24T00:30:00Z")]
    [InlineData("8h", "2026-11-23T09:00:00Z")]
    [InlineData("1.5h", "2026-11-23T02:30:00Z")]
    [InlineData("90m", "2026-11-23T02:30:00Z")]
    [InlineData("2026-11-23T06:00+01:00", "2026-11-23T05:00:00Z")]
    [InlineData("2026-11-23T06:00:00Z", "2026-11-23T06:00:00Z")]
    public void At_OfEveryForm_IsTheInstantMeant(string text, string expected) =>
        DeadlineText.Parse(text).At(Now, Berlin).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("25:00")]
    [InlineData("-1h")]
    [InlineData("0h")]
    [InlineData("2026-11-23T06:00")]
    [InlineData("2026-11-23")]
    public void Parse_NoneOfTheForms_SaysWhatItTakes(string text) =>
        Should.Throw<FormatException>(() => DeadlineText.Parse(text)).Message.ShouldBe(
            $"takes a time of day such as 06:00, a time from now such as 90m or 8h, or an instant such as 2026-11-23T06:00+01:00, not '{text}'");

    [Fact]
    public void Forecast_Running_GoesByWhatEndedLately()
    {
        var forecast = Forecast(open: 100, ended: 21, since: 10, deadlineIn: 60);
        forecast.PerMinute.ShouldBe(2);
        forecast.FinishEstimate.ShouldBe(Now.AddMinutes(50));
        forecast.IsLate.ShouldBe(false);
        (forecast with { Open = 130 }).IsLate.ShouldBe(true);
        (forecast with { Deadline = null }).IsLate.ShouldBeNull();
    }

    [Fact]
    public void Forecast_NoPaceOrNotRunning_HasNoEstimate()
    {
        Forecast(open: 100, ended: 1, since: 10, deadlineIn: 60).FinishEstimate.ShouldBeNull();
        Forecast(open: 100, ended: 0, since: null, deadlineIn: 60).FinishEstimate.ShouldBeNull();
        (Forecast(open: 100, ended: 21, since: 10, deadlineIn: 60) with { State = BatchState.Halted }).FinishEstimate.ShouldBeNull();
    }

    [Fact]
    public void Forecast_FewEnded_GoesByThoseThatBegan()
    {
        var begun = Forecast(open: 100, ended: 0, since: null, deadlineIn: 60) with { InFlight = 21, InFlightSince = Now.AddMinutes(-10) };
        begun.PerMinute.ShouldBe(2);
        begun.FinishEstimate.ShouldBe(Now.AddMinutes(50));
        (begun with { InFlight = 1 }).FinishEstimate.ShouldBeNull("one call has no pace");
        // One has ended, and it began before those that are under way.
        (Forecast(open: 100, ended: 1, since: 8, deadlineIn: 60) with { InFlight = 16, InFlightSince = Now.AddMinutes(-5) }).PerMinute.ShouldBe(2);
        (Forecast(open: 100, ended: 1, since: 2, deadlineIn: 60) with { InFlight = 20, InFlightSince = Now.AddMinutes(-10) }).PerMinute.ShouldBe(2);
    }

    [Fact]
    public void Forecast_NothingBegan_GoesByTheLimits()
    {
        var forecast = Forecast(open: 100, ended: 0, since: null, deadlineIn: 60) with { Least = TimeSpan.FromMinutes(99) };
        forecast.FinishEstimate.ShouldBe(Now.AddMinutes(99));
        forecast.IsLate.ShouldBe(true);
        (forecast with { State = BatchState.Paused }).FinishEstimate.ShouldBeNull();
        // A first burst can't be faster than the limits let it go on.
        (Forecast(open: 100, ended: 21, since: 10, deadlineIn: 60) with { Least = TimeSpan.FromMinutes(99) }).FinishEstimate.ShouldBe(Now.AddMinutes(99));
        (Forecast(open: 100, ended: 21, since: 10, deadlineIn: 60) with { Least = TimeSpan.FromMinutes(9) }).FinishEstimate.ShouldBe(Now.AddMinutes(50));
    }

    [Fact]
    public void Decide_TheLimitsAreTooTight_TellsAtOnce()
    {
        var tight = Forecast(open: 100, ended: 0, since: null, deadlineIn: 60) with { Least = TimeSpan.FromMinutes(61) };
        DeadlineRule.Decide(tight).ShouldBe(DeadlineVerdict.AtRisk);
        DeadlineRule.Decide(tight with { Least = TimeSpan.FromMinutes(59) }).ShouldBe(DeadlineVerdict.Nothing);
        DeadlineRule.Decide(tight with { State = BatchState.Paused }).ShouldBe(DeadlineVerdict.Nothing);
    }

    [Theory]
    [InlineData(20.0, null, null, 49.95)]
    [InlineData(20.0, 4.0, null, 124.75)]
    [InlineData(null, null, 10.0, 99.9)]
    [InlineData(null, null, null, null)]
    public void LeastTime_Limits_TakesTheTightest(double? images, double? requests, double? cap, double? minutes)
    {
        var limits = new LimitsOptions { ["Default"] = new GroupLimits { ImagesPerMinute = images, RequestsPerMinute = requests } };
        var least = new LeastTime(ModelBook.Load(null), Options.Create(limits)).Of([new OpenCalls("gpt-image-2", 400, 600), new OpenCalls("gpt-image-2", 100, 400)], cap);
        (least?.TotalMinutes).ShouldBe(minutes);
    }

    [Fact]
    public void Forecast_Ended_IsLateByWhenItEnded()
    {
        var ended = Forecast(open: 0, ended: 21, since: 10, deadlineIn: -30) with { State = BatchState.Completed, FinishedAt = Now.AddMinutes(-31) };
        ended.IsLate.ShouldBe(false);
        (ended with { FinishedAt = Now.AddMinutes(-29) }).IsLate.ShouldBe(true);
    }

    [Theory]
    [InlineData(100, 21, 60, DeadlineVerdict.Nothing)]
    [InlineData(130, 21, 60, DeadlineVerdict.AtRisk)]
    // Too few to go by.
    [InlineData(1000, 4, 60, DeadlineVerdict.Nothing)]
    [InlineData(1, 21, -1, DeadlineVerdict.Missed)]
    public void Decide_NothingToldYet_Tells(long open, long ended, double deadlineIn, DeadlineVerdict expected) =>
        DeadlineRule.Decide(Forecast(open, ended, since: 10, deadlineIn)).ShouldBe(expected);

    [Fact]
    public void Decide_ToldBefore_TellsNothingTwice()
    {
        var risky = Forecast(open: 130, ended: 21, since: 10, deadlineIn: 60);
        DeadlineRule.Decide(risky with { RiskAt = Now }).ShouldBe(DeadlineVerdict.Nothing);
        DeadlineRule.Decide(risky with { RiskAt = Now, Deadline = Now.AddMinutes(-1) }).ShouldBe(DeadlineVerdict.Missed);
        DeadlineRule.Decide(risky with { MissedAt = Now, Deadline = Now.AddMinutes(-1) }).ShouldBe(DeadlineVerdict.Nothing);
        DeadlineRule.Decide(risky with { State = BatchState.Completed, FinishedAt = Now, Deadline = Now.AddMinutes(-1) }).ShouldBe(DeadlineVerdict.Nothing);
        DeadlineRule.Decide(risky with { Deadline = null }).ShouldBe(DeadlineVerdict.Nothing);
    }

    private static BatchForecast Forecast(long open, long ended, double? since, double deadlineIn) => new(
        "b-1", BatchState.Running, Now, null, open, ended, since is { } minutes ? Now.AddMinutes(-minutes) : null, Now.AddMinutes(deadlineIn), null, null);
}
