using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Waits;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Waits;

public sealed class BatchWaitsTests
{
    private const string Model = "gpt-image-2";
    private static readonly string Group = ModelBook.Load(null).Find(Model).LimitsGroup;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    private DateTimeOffset Now => _time.GetUtcNow();

    private WaitSigns Running => new("b-1", BatchState.Running, Now) { NextDue = DateTimeOffset.MinValue, IsTaken = true, HasReady = true, Workers = 1, Models = [Model] };

    [Fact]
    public void Of_NothingInTheWay_IsNothing() => Of(Running).ShouldBeEmpty();

    [Fact]
    public void Of_TheServiceToldToWait_SaysUntilWhenWhyAndWhoAndCountsDown()
    {
        var hold = Hold(asked: 600, kept: 600);
        var wait = Of(Running, holds: hold).ShouldHaveSingleItem();
        wait.ShouldBe(new BatchWait("hold", Now.AddMinutes(10), TimeSpan.FromMinutes(10), "Waiting 10 min, told by the service", "The service said to wait 10 min (HTTP 429): Slow down, please.", "service") { Since = Now });

        _time.Advance(TimeSpan.FromMinutes(3));
        Of(Running, holds: hold).ShouldHaveSingleItem().Text.ShouldBe("Waiting 7 min, told by the service");
        _time.Advance(TimeSpan.FromMinutes(7));
        Of(Running, holds: hold).ShouldBeEmpty();
    }

    [Fact]
    public void Of_ToldToWaitForLongerThanIsWaited_SaysBoth()
    {
        var wait = Of(Running, holds: Hold(asked: 3 * 3600, kept: 600)).ShouldHaveSingleItem();
        wait.Text.ShouldBe("Waiting 10 min, told by the service (it said 3 h)");
        wait.Why.ShouldBe("The service said to wait 3 h (HTTP 429); Darkroom asks again after 10 min: Slow down, please.");
    }

    [Fact]
    public void Of_HoldOfAnotherGroup_IsNotItsOwn() => Of(Running, holds: Hold(600, 600) with { Group = "another" }).ShouldBeEmpty();

    [Theory]
    [InlineData(12.0, null, null, "you", "12 images per minute, as configured.")]
    [InlineData(12.0, 5.0, "told", "service", "5 images per minute, told by the service.")]
    [InlineData(null, 5.0, "found", "darkroom", "5 images per minute, as learned from refusals.")]
    [InlineData(12.0, 50.0, "told", "you", "12 images per minute, as configured.")]
    public void Of_NextStartLiesAhead_SaysWhenAndWhoseLimitItIs(double? configured, double? learned, string? from, string toldBy, string why)
    {
        var wait = Of(Running, [State(Group, LimitDimension.Images, configured, learned, from, nextIn: 12)]).ShouldHaveSingleItem();
        (wait.Kind, wait.Until, wait.Text, wait.ToldBy).ShouldBe(("limit", Now.AddSeconds(12), "Waiting for the rate limit, next start in 12 s", toldBy));
        wait.Why.ShouldEndWith(why);
    }

    [Fact]
    public void Of_NextStartIsMovedByAHold_IsOneWait() =>
        Of(Running, [State(Group, LimitDimension.Requests, 60, null, null, nextIn: 600)], Hold(600, 600)).ShouldHaveSingleItem().Kind.ShouldBe("hold");

    [Fact]
    public void Of_FastPace_IsNoWait() => Of(Running, [State(Group, LimitDimension.Images, 600, null, null, nextIn: 0.5)]).ShouldBeEmpty();

    [Fact]
    public void Of_TheBatchsOwnCap_IsItsWait()
    {
        var wait = Of(Running, [State(BatchCaps.GroupOf("b-1"), LimitDimension.Images, 2, null, null, nextIn: 30), State(BatchCaps.GroupOf("b-2"), LimitDimension.Images, 1, null, null, nextIn: 60)])
            .ShouldHaveSingleItem();
        (wait.Text, wait.Why, wait.ToldBy).ShouldBe(("Waiting for the rate limit, next start in 30 s", "The batch may take 2 images per minute, this batch's own limit.", "you"));
    }

    [Fact]
    public void Of_HoursAreOver_SaysTheTimeByTheirOwnClock()
    {
        var signs = Running with { HasReady = false, OpensIn = TimeSpan.FromHours(9), Hours = new BatchHours(new TimeOnly(22, 0), new TimeOnly(6, 0), "Europe/Berlin") };
        var wait = Of(signs).ShouldHaveSingleItem();
        (wait.Kind, wait.Until, wait.ToldBy).ShouldBe(("window", Now.AddHours(9), "you"));
        (wait.Text, wait.Why).ShouldBe(("Waiting until 22:00 (your hours)", "Calls of this batch start from 22:00 to 06:00, Europe/Berlin."));
    }

    [Fact]
    public void Of_AllWaitForTheirNextTry_SaysWhyTheLastOneFailed()
    {
        var signs = Running with { HasReady = false, NextDue = Now.AddSeconds(42), LastError = "The server had an error." };
        var wait = Of(signs).ShouldHaveSingleItem();
        (wait.Kind, wait.Until, wait.Text, wait.Why).ShouldBe(("backoff", Now.AddSeconds(42), "Waiting 42 s to try again", "The last try ended with: The server had an error."));
        Of(signs with { HasCalls = true }).ShouldBeEmpty("others are under way");
        Of(signs with { NextDue = Now }).ShouldBeEmpty();
    }

    [Fact]
    public void Of_NobodyWorksOnIt_SaysSo()
    {
        var idle = Running with { IsTaken = false, HasReady = false, Workers = 0 };
        var none = Of(idle).ShouldHaveSingleItem();
        (none.Kind, none.Until, none.Left, none.Text).ShouldBe(("queue", null, null, "No worker is running"));
        Of(idle with { Workers = 3 }).ShouldHaveSingleItem().Text.ShouldBe("Waiting for a worker to take it");
        Of(Running with { HasReady = false, HasRivals = true }).ShouldHaveSingleItem().Text.ShouldBe("Waiting for its turn behind other batches");
        Of(idle with { NextDue = null, HasLeased = true }).ShouldHaveSingleItem().Text.ShouldBe("No worker is running", "a dead process holds the rest");
        // Outside of its hours no worker has it, and that is as it should be.
        Of(idle with { Workers = 1, OpensIn = TimeSpan.FromHours(1), Hours = new BatchHours(new TimeOnly(13, 0), new TimeOnly(14, 0), "UTC") }).ShouldHaveSingleItem().Kind.ShouldBe("window");
    }

    [Fact]
    public void Of_TheRestOfTheBudgetIsReserved_SaysSo()
    {
        var wait = Of(Running with { Budget = new TightBudget("day", 5m, 4m, 0.9m) }).ShouldHaveSingleItem();
        (wait.Kind, wait.Until, wait.ToldBy).ShouldBe(("budget", null, "you"));
        wait.Why.ShouldBe("Of the budget of the day, USD 5.0000, USD 4.0000 are spent and USD 0.9000 are reserved for calls in flight.");
    }

    [Fact]
    public void Of_HaltedWithProbe_SaysWhenItTries()
    {
        var halted = new WaitSigns("b-1", BatchState.Halted, Now) { NextProbe = Now.AddMinutes(4), HaltReason = "quota", Workers = 1 };
        var wait = Of(halted).ShouldHaveSingleItem();
        (wait.Kind, wait.Until, wait.Text).ShouldBe(("probe", Now.AddMinutes(4), "Trying one call in 4 min"));
        Of(halted with { Workers = 0 }).Select(known => known.Kind).ShouldBe(["probe", "queue"]);
    }

    [Fact]
    public void Longest_OfSeveral_IsTheOneThatEndsLast()
    {
        BatchWait Until(string kind, double? seconds) => new(kind, seconds is { } s ? Now.AddSeconds(s) : null, null, kind, "", "darkroom");
        BatchWait.Longest([]).ShouldBeNull();
        BatchWait.Longest([Until("hold", 600), Until("window", 7200), Until("limit", 3)])!.Kind.ShouldBe("window");
        BatchWait.Longest([Until("backoff", 600.2), Until("hold", 600)])!.Kind.ShouldBe("hold", "they end together, and the hold is the reason");
        BatchWait.Longest([Until("hold", 600), Until("queue", null)])!.Kind.ShouldBe("queue");
        BatchWait.Longest([Until("budget", null), Until("hold", 600)])!.Kind.ShouldBe("hold");
        BatchWait.Longest([Until("budget", null)])!.Kind.ShouldBe("budget");
    }

    [Theory]
    [InlineData(0.2, "1 s")]
    [InlineData(12, "12 s")]
    [InlineData(119, "119 s")]
    [InlineData(421, "8 min")]
    [InlineData(600, "10 min")]
    [InlineData(10800, "3 h")]
    [InlineData(9900, "2 h 45 min")]
    [InlineData(273600, "3 d 4 h")]
    public void Coarse_Always_IsRoundedUpAndShort(double seconds, string words) => DurationText.Coarse(TimeSpan.FromSeconds(seconds)).ShouldBe(words);

    private IReadOnlyList<BatchWait> Of(WaitSigns signs, IReadOnlyList<LimitState>? states = null, params LimitHold[] holds) =>
        new BatchWaits(Substitute.For<IWaitStore>(), Substitute.For<ILimitStore>(), ModelBook.Load(null), Options.Create(new LimitsOptions())).Of(signs with { Now = Now }, states ?? [], holds);

    private LimitHold Hold(double asked, double kept) => new(Group, Now, Now.AddSeconds(kept), TimeSpan.FromSeconds(asked), TimeSpan.FromSeconds(kept), 429, "Slow down, please.");

    private static LimitState State(string group, string dimension, double? configured, double? learned, string? from, double nextIn) =>
        new(group, dimension, configured, learned, from, null, 0, TimeSpan.FromSeconds(nextIn), 1, 0, 0);
}
