using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Waits;
using Darkroom.Worker.Progress;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Worker.Tests.Progress;

public sealed class ProgressLineTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Of_HoldWithoutAPace_SaysTheLeastTime() =>
        Line(new BatchPace(_time), null, ended: 0, Wait("hold", 600, "Waiting 10 min, told by the service"))
            .ShouldBe("0/10 done, 0 refused or failed, 0 in flight, –/min, $0.00, waiting 10 min, told by the service, at least 10 min left");

    [Fact]
    public void Of_HoldWithinARun_AddsItToThePace()
    {
        var pace = new BatchPace(_time);
        pace.Add(Counts(0));
        _time.Advance(TimeSpan.FromSeconds(30));
        pace.Add(Counts(5));
        _time.Advance(TimeSpan.FromMinutes(2));
        var left = pace.Add(Counts(5));

        // Five in half a minute.
        Line(pace, left, ended: 5, Wait("hold", 600, "Waiting 10 min, told by the service")).ShouldEndWith("waiting 10 min, told by the service, 11 min left");
    }

    [Fact]
    public void Of_NoWorker_HasNoTimeLeft() =>
        Line(new BatchPace(_time), TimeSpan.FromSeconds(1), ended: 5, new BatchWait("queue", null, null, "No worker is running", "why", "darkroom"))
            .ShouldEndWith("no worker is running, time left unknown until then");

    [Fact]
    public void Of_LimitOrNoWait_GoesByThePace()
    {
        Line(new BatchPace(_time), TimeSpan.FromSeconds(75), ended: 5, Wait("limit", 12, "Waiting for the rate limit, next start in 12 s")).ShouldEndWith("next start in 12 s, 1 min 15 s left");
        Line(new BatchPace(_time), TimeSpan.FromSeconds(75), ended: 5).ShouldEndWith("$0.00, 1 min 15 s left");
        Line(new BatchPace(_time), null, ended: 5).ShouldEndWith("$0.00, time left unknown");
    }

    private static string Line(BatchPace pace, TimeSpan? left, long ended, params BatchWait[] waits) =>
        ProgressLine.Of(new BatchStatus(new Batch("b", "n", BatchState.Running, null, null, 5, default, null), Counts(ended), default, 0, 0, 0), pace, null, left, waits).ToString();

    private static ItemCounts Counts(long ended) => new(10 - ended, 0, ended, 0, 0, 0, 0, 0);

    private static BatchWait Wait(string kind, double seconds, string text) => new(kind, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(seconds), text, "why", "service");
}
