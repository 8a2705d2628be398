using System.Globalization;
using Darkroom.Worker.Engines;

namespace Darkroom.Worker.Tests.Engines.Hangfire;

public sealed class HangfireEngineTests() : EngineContract(EngineKinds.Hangfire)
{
    [Fact]
    public async Task EnqueueLaneAsync_Always_StoresPinnedNamesAndTheIdOnly()
    {
        await using var node = CreateNode();
        await node.Engine.EnqueueLaneAsync(4711, 7, CancellationToken.None);

        (await QueryAsync("select (invocationdata->>'Type') || '|' || (invocationdata->>'Method') || '|' || (invocationdata->>'ParameterTypes') from hangfire.job"))
            .ShouldBe("""Darkroom.Worker.Engines.Hangfire.WorkBatch, darkroom|RunAsync|["System.Int64","System.Threading.CancellationToken, mscorlib"]""");
        (await QueryAsync("select arguments::text from hangfire.job")).ShouldBe("""["4711", null]""");
        (await QueryAsync("select queue from hangfire.jobqueue")).ShouldBe("lane-2");
    }

    [Fact]
    public async Task PutScheduleAsync_Always_StoresPinnedNamesAndTheNameOnly()
    {
        await using var node = CreateNode();
        await node.Engine.PutScheduleAsync(new("nightly", "0 2 * * *", "Europe/Berlin"), CancellationToken.None);

        var job = await QueryAsync("select value from hangfire.hash where key = 'recurring-job:nightly' and field = 'Job'");
        job.ShouldContain("Darkroom.Worker.Engines.Hangfire.FireSchedule, darkroom");
        job.ShouldContain("nightly");
        (await QueryAsync("select value from hangfire.hash where key = 'recurring-job:nightly' and field = 'TimeZoneId'")).ShouldBe("Europe/Berlin");
    }

    [Fact]
    public async Task RunLane_NodeStops_SpendsNoAttempt()
    {
        var handler = new RecordingHandler { OnLane = (_, token) => Task.Delay(Timeout.Infinite, token) };
        await using var node = CreateNode(handler: handler);
        await node.StartAsync();
        await node.Engine.EnqueueLaneAsync(1, 5, CancellationToken.None);
        await handler.NextAsync();

        await node.StopAsync();

        (await QueryAsync("select string_agg(name, ',' order by name) from hangfire.jobparameter")).ShouldNotContain("RetryCount");
        (await QueryAsync("select queue || '|' || coalesce(fetchedat::text, 'free') from hangfire.jobqueue")).ShouldBe("lane-4|free");
    }

    // Hangfire reckons what was missed from the last run, or from the schedule's creation where there was none.
    private protected override string PostponeScheduleByDaysSql(string name, int days) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        update hangfire.hash set value = (value::bigint + {days} * 86400000::bigint)::text where key = 'recurring-job:{name}' and field in ('NextExecution', 'CreatedAt');
        update hangfire.set set score = score + {days} * 86400 where key = 'recurring-jobs' and value = '{name}'
        """);
}
