using System.Globalization;
using Darkroom.Jobs.Schedules;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Hangfire;

/// <summary>What Hangfire must do for jobs of batches and for schedules, on a real server.</summary>
public sealed class HangfireTests : IAsyncLifetime
{
    private readonly RecordingHandler _handler = new();
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(migrate: false);

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
    }

    [Fact]
    public async Task Enqueue_OnARunningNode_RunsTheJob()
    {
        await using var node = await StartNodeAsync();
        await node.EnqueueAsync("b-4711", 5);
        (await _handler.NextAsync()).ShouldBe("batch b-4711");
    }

    [Fact]
    public async Task Enqueue_FromAProcessThatRunsNothing_IsRunByAnother()
    {
        await using var submitter = CreateNode(handler: new RecordingHandler());
        await using var node = await StartNodeAsync();
        await submitter.EnqueueAsync("20261122-k7f3q9", 0);
        (await _handler.NextAsync()).ShouldBe("batch 20261122-k7f3q9");
    }

    [Fact]
    public async Task Enqueue_SeveralPriorities_RunsTheMostUrgentFirst()
    {
        await using var node = CreateNode(maxBatches: 1);
        var batches = new[] { ("b-1", 0), ("b-2", 5), ("b-3", 9), ("b-4", 5), ("b-5", 1) };
        foreach (var (batch, priority) in batches) await node.EnqueueAsync(batch, priority);

        await node.StartAsync();

        var order = new List<string>();
        for (var at = 0; at < batches.Length; at++) order.Add(await _handler.NextAsync());
        order.ShouldBe(["batch b-3", "batch b-2", "batch b-4", "batch b-5", "batch b-1"]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10)]
    public async Task Enqueue_PriorityOutOfRange_Throws(int priority)
    {
        await using var node = CreateNode();
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => node.EnqueueAsync("b-1", priority));
    }

    [Fact]
    public async Task RunBatch_HandlerFails_RunsItAgain()
    {
        var runs = 0;
        _handler.OnBatch = (_, _) => Interlocked.Increment(ref runs) == 1 ? throw new InvalidOperationException("No luck yet.") : Task.CompletedTask;
        await using var node = await StartNodeAsync();
        await node.EnqueueAsync("b-8", 7);
        (await _handler.NextAsync()).ShouldBe("batch b-8");
        (await _handler.NextAsync()).ShouldBe("batch b-8");
    }

    [Fact]
    public async Task RunBatch_MoreThanMaxBatches_WaitForAPlaceWhileSchedulesFire()
    {
        var free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = 0;
        _handler.OnBatch = async (_, token) =>
        {
            Interlocked.Increment(ref running);
            await free.Task.WaitAsync(token);
        };
        await using var node = await StartNodeAsync(maxBatches: 2);
        for (var batch = 1; batch <= 4; batch++) await node.EnqueueAsync($"b-{batch}");
        await _handler.NextAsync();
        await _handler.NextAsync();

        await node.PutAsync(EverySecond("beside"));

        (await _handler.UntilAsync("schedule beside")).ShouldBeEmpty();
        running.ShouldBe(2);
        free.SetResult();
        (await _handler.UntilAsync("batch b-3")).ShouldAllBe(call => call == "schedule beside" || call == "batch b-4");
    }

    [Fact]
    public async Task RunBatch_ProcessIsKilled_RunsItOnAnother()
    {
        await using var node = CreateNode();
        await node.EnqueueAsync("b-99", 5);
        using var process = JobProcess.Start(_database.ConnectionString);
        (await process.ReadLineAsync()).ShouldBe("batch b-99");
        await process.KillAsync();

        await node.StartAsync();

        (await _handler.NextAsync()).ShouldBe("batch b-99");
    }

    [Fact]
    public async Task RunBatch_NodeStops_IsCanceledAndRunsOnAnother()
    {
        var canceled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler.OnBatch = async (_, token) =>
        {
            // Seen here and not by a registration: the delay's own end may remove that before its turn.
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            canceled.TrySetResult();
            token.ThrowIfCancellationRequested();
        };
        var others = new RecordingHandler();
        await using var first = await StartNodeAsync();
        await first.EnqueueAsync("b-12");
        (await _handler.NextAsync()).ShouldBe("batch b-12");

        await using var second = await StartNodeAsync(others);
        await first.StopAsync();

        canceled.Task.IsCompletedSuccessfully.ShouldBeTrue();
        (await others.NextAsync()).ShouldBe("batch b-12");
    }

    [Fact]
    public async Task Put_TwoNodes_FiresEachOccurrenceOnce()
    {
        await using var first = await StartNodeAsync();
        await using var second = await StartNodeAsync();
        var due = DateTimeOffset.UtcNow.AddSeconds(4);
        await first.PutAsync(At("once", due));
        await second.PutAsync(At("once", due));
        // Fires when each node has looked several times after the first was due.
        await first.PutAsync(At("later", due.AddSeconds(4)));

        (await _handler.UntilAsync("schedule later")).ShouldBe(["schedule once"]);
    }

    [Fact]
    public async Task Put_OccurrencesWereMissed_FiresOnceWhenANodeStarts()
    {
        await using var node = CreateNode();
        var daily = new Recurrence("missed", "0 2 * * *", "Europe/Berlin");
        await node.PutAsync(daily);
        await ExecuteAsync(PostponeScheduleByDaysSql("missed", -5));
        // Every start of a worker puts its schedules; that must not forget what was missed.
        await node.PutAsync(daily);
        await node.PutAsync(At("later", DateTimeOffset.UtcNow.AddSeconds(6)));

        await node.StartAsync();

        (await _handler.UntilAsync("schedule later")).ShouldBe(["schedule missed"]);
    }

    [Fact]
    public async Task Put_Again_Replaces()
    {
        await using var node = await StartNodeAsync();
        await node.PutAsync(new Recurrence("nightly", "0 2 1 1 *", "Europe/Berlin"));
        await node.PutAsync(EverySecond("nightly"));
        (await _handler.NextAsync()).ShouldBe("schedule nightly");
    }

    [Fact]
    public async Task Remove_Existing_FiresNoMore()
    {
        await using var node = await StartNodeAsync();
        await node.PutAsync(EverySecond("gone"));
        await _handler.NextAsync();
        await Task.Run(() => node.Recurring.RemoveIfExists("gone"));

        await node.PutAsync(EverySecond("stays"));
        // What was under way when it was removed may still come, but not after another occurrence.
        await _handler.UntilAsync("schedule stays");
        await _handler.UntilAsync("schedule stays");
        (await _handler.UntilAsync("schedule stays")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Remove_Missing_IsNoError()
    {
        await using var node = CreateNode();
        await Task.Run(() => node.Recurring.RemoveIfExists("never-there"));
    }

    [Theory]
    [InlineData("not a cron", "Europe/Berlin")]
    [InlineData("61 2 * * *", "Europe/Berlin")]
    [InlineData("0 2 1 * 1", "Europe/Berlin")]
    [InlineData("0 2 31 2 *", "Europe/Berlin")]
    [InlineData("0 2 * * *", "Europe/Atlantis")]
    public async Task Put_CannotBeRead_ThrowsFormatException(string cron, string timeZone)
    {
        await using var node = CreateNode();
        var fault = await Should.ThrowAsync<FormatException>(() => node.PutAsync(new Recurrence("bad", cron, timeZone)));
        fault.Message.ShouldContain("'bad'");
    }

    [Fact]
    public async Task Fire_UnknownSchedule_RemovesItsRecurringJob()
    {
        _handler.HasSchedule = _ => false;
        await using var node = await StartNodeAsync();
        await node.PutAsync(EverySecond("gone"));
        await _handler.NextAsync();
        await Poll.UntilAsync(async () => await QueryAsync("select count(*)::text from hangfire.hash where key = 'recurring-job:gone'") == "0", "the recurring job to go");
    }

    [Fact]
    public async Task Enqueue_Always_StoresPinnedNamesAndTheIdOnly()
    {
        await using var node = CreateNode();
        await node.EnqueueAsync("20261122-k7f3q9", 7);

        (await QueryAsync("select (invocationdata->>'Type') || '|' || (invocationdata->>'Method') || '|' || (invocationdata->>'ParameterTypes') from hangfire.job"))
            .ShouldBe("""Darkroom.Worker.Hangfire.EditBatch, darkroom|RunAsync|["System.String","System.Threading.CancellationToken, mscorlib"]""");
        (await QueryAsync("select arguments::text from hangfire.job")).ShouldBe("""["\"20261122-k7f3q9\"", null]""");
        (await QueryAsync("select queue from hangfire.jobqueue")).ShouldBe("batch-2");
    }

    [Fact]
    public async Task Put_Always_StoresPinnedNamesAndTheNameOnly()
    {
        await using var node = CreateNode();
        await node.PutAsync(new Recurrence("nightly", "0 2 * * *", "Europe/Berlin"));

        var job = await QueryAsync("select value from hangfire.hash where key = 'recurring-job:nightly' and field = 'Job'");
        job.ShouldContain("Darkroom.Worker.Hangfire.FireSchedule, darkroom");
        job.ShouldContain("nightly");
        (await QueryAsync("select value from hangfire.hash where key = 'recurring-job:nightly' and field = 'TimeZoneId'")).ShouldBe("Europe/Berlin");
    }

    [Fact]
    public async Task RunBatch_NodeStops_SpendsNoAttempt()
    {
        _handler.OnBatch = (_, token) => Task.Delay(Timeout.Infinite, token);
        await using var node = await StartNodeAsync();
        await node.EnqueueAsync("b-1");
        await _handler.NextAsync();

        await node.StopAsync();

        (await QueryAsync("select string_agg(name, ',' order by name) from hangfire.jobparameter")).ShouldNotContain("RetryCount");
        (await QueryAsync("select queue || '|' || coalesce(fetchedat::text, 'free') from hangfire.jobqueue")).ShouldBe("batch-4|free");
    }

    // Hangfire reckons what was missed from the last run, or from the schedule's creation where there was none.
    private static string PostponeScheduleByDaysSql(string name, int days) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        update hangfire.hash set value = (value::bigint + {days} * 86400000::bigint)::text where key = 'recurring-job:{name}' and field in ('NextExecution', 'CreatedAt');
        update hangfire.set set score = score + {days} * 86400 where key = 'recurring-jobs' and value = '{name}'
        """);

    private async Task<string> QueryAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private JobNode CreateNode(int maxBatches = 4, RecordingHandler? handler = null) => new(_database.ConnectionString, handler ?? _handler, maxBatches);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBeGreaterThan(0);
    }

    private static Recurrence EverySecond(string name) => new(name, "* * * * * *", "Europe/Berlin");

    private static Recurrence At(string name, DateTimeOffset due) =>
        new(name, string.Create(CultureInfo.InvariantCulture, $"{due.Second} {due.Minute} {due.Hour} {due.Day} {due.Month} *"), "UTC");

    private async Task<JobNode> StartNodeAsync(RecordingHandler? handler = null, int maxBatches = 4)
    {
        var node = CreateNode(maxBatches, handler);
        await node.StartAsync();
        return node;
    }
}
