using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Waits;

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

    [Fact]
    public void Forecast_WithHours_CountsOnlyMinutesWithinThem()
    {
        // It is 02:00 in Berlin: four hours are left of this night, and the rest comes in the next.
        var night = Forecast(open: 600, ended: 21, since: 10, deadlineIn: 60) with { Hours = new BatchHours(new TimeOnly(22, 0), new TimeOnly(6, 0), "Europe/Berlin") };
        night.FinishEstimate.ShouldBe(new DateTimeOffset(2026, 11, 23, 22, 0, 0, TimeSpan.Zero));
        (night with { Open = 480 }).FinishEstimate.ShouldBe(new DateTimeOffset(2026, 11, 23, 5, 0, 0, TimeSpan.Zero));
        (night with { Deadline = Now.AddHours(20), Open = 480 }).IsLate.ShouldBe(false);
        (night with { Deadline = Now.AddHours(20) }).IsLate.ShouldBe(true);
        DeadlineRule.Decide(night with { Deadline = Now.AddHours(20) }).ShouldBe(DeadlineVerdict.AtRisk);
    }

    [Fact]
    public void Forecast_HoursAreOver_KnowsThePaceThatItHadAndWaitsForTheNext()
    {
        // Twenty in the five minutes before they ended, five minutes ago.
        var over = Forecast(open: 40, ended: 21, since: 10, deadlineIn: 60) with { Hours = new BatchHours(new TimeOnly(22, 0), new TimeOnly(0, 55), "UTC") };
        over.PerMinute.ShouldBe(4);
        over.FinishEstimate.ShouldBe(new DateTimeOffset(2026, 11, 23, 22, 10, 0, TimeSpan.Zero));
        // What is under way finishes at any hour.
        var last = over with { Open = 21, InFlight = 21, InFlightSince = Now.AddMinutes(-6) };
        last.FinishEstimate.ShouldBe(Now.AddMinutes(21 / 4.0));
    }

    [Fact]
    public void Forecast_HoursHaveNotBegun_IsNotDoneBefore()
    {
        var waiting = Forecast(open: 100, ended: 0, since: null, deadlineIn: 90) with { Hours = new BatchHours(new TimeOnly(3, 0), new TimeOnly(4, 0), "UTC") };
        waiting.EarliestFinish.ShouldBe(Now.AddHours(2), "nothing limits it, but it can't begin before");
        (waiting with { Least = TimeSpan.FromMinutes(30) }).FinishEstimate.ShouldBe(Now.AddHours(2.5));
        (waiting with { Least = TimeSpan.FromMinutes(61) }).FinishEstimate.ShouldBe(Now.AddHours(26).AddMinutes(1));
        DeadlineRule.Decide(waiting).ShouldBe(DeadlineVerdict.AtRisk);
        DeadlineRule.Decide(waiting with { Deadline = Now.AddHours(3) }).ShouldBe(DeadlineVerdict.Nothing);
        (waiting with { State = BatchState.Paused }).EarliestFinish.ShouldBeNull();
        // Within them nothing is known before it begins.
        (waiting with { Hours = new BatchHours(new TimeOnly(0, 0), new TimeOnly(4, 0), "UTC") }).EarliestFinish.ShouldBeNull();
    }

    [Theory]
    [InlineData("hold")]
    [InlineData("backoff")]
    [InlineData("window")]
    public void Forecast_Waits_IsNotDoneBeforeAndAddsThemToThePace(string kind)
    {
        IReadOnlyList<BatchWait> waits = [Wait(kind, minutes: 4), Wait(kind, minutes: 10)];
        var waiting = Forecast(open: 100, ended: 0, since: null, deadlineIn: 9) with { Waits = waits };
        waiting.FinishEstimate.ShouldBe(Now.AddMinutes(10), "nothing is known but that");
        DeadlineRule.Decide(waiting).ShouldBe(DeadlineVerdict.AtRisk);
        (waiting with { Least = TimeSpan.FromMinutes(30) }).FinishEstimate.ShouldBe(Now.AddMinutes(40));
        (Forecast(open: 100, ended: 21, since: 10, deadlineIn: 60) with { Waits = waits }).FinishEstimate.ShouldBe(Now.AddMinutes(60));
        // What is under way ends whatever waits.
        (Forecast(open: 2, ended: 21, since: 10, deadlineIn: 60) with { InFlight = 2, InFlightSince = Now.AddMinutes(-1), Waits = waits }).FinishEstimate.ShouldBe(Now.AddMinutes(1));
    }

    [Fact]
    public void Forecast_WithinAHold_KnowsThePaceBeforeIt()
    {
        // Twenty in the five minutes before the service told to wait, five minutes ago.
        var held = Forecast(open: 40, ended: 21, since: 10, deadlineIn: 60) with { Waits = [Wait("hold", minutes: 5) with { Since = Now.AddMinutes(-5) }] };
        held.PerMinute.ShouldBe(4);
        held.FinishEstimate.ShouldBe(Now.AddMinutes(15));
        // At a limit calls start one after the other: it is in the pace already.
        (Forecast(open: 100, ended: 21, since: 10, deadlineIn: 60) with { Waits = [Wait("limit", minutes: 5)] }).FinishEstimate.ShouldBe(Now.AddMinutes(50));
        (Forecast(open: 100, ended: 0, since: null, deadlineIn: 60) with { Waits = [Wait("limit", minutes: 5)] }).FinishEstimate.ShouldBeNull();
    }

    private static BatchWait Wait(string kind, double minutes) => new(kind, Now.AddMinutes(minutes), TimeSpan.FromMinutes(minutes), "Waiting", "why", "service");

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
