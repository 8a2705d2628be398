using System.Globalization;
using Darkroom.Jobs.Lanes;
using Darkroom.Testing.Postgres;

namespace Darkroom.Worker.Tests.Engines;

/// <summary>What every engine must do; each has a class that names it.</summary>
public abstract class EngineContract(string kind) : IAsyncLifetime
{
    private readonly RecordingHandler _handler = new();
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(migrate: false);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_database is not null) await _database.DisposeAsync();
    }

    [Fact]
    public async Task Name_Always_IsTheKind()
    {
        await using var node = CreateNode();
        node.Engine.Name.ShouldBe(kind);
    }

    [Fact]
    public async Task EnqueueLaneAsync_OnARunningNode_RunsTheLane()
    {
        await using var node = await StartNodeAsync();
        await node.Engine.EnqueueLaneAsync(4711, 5, CancellationToken.None);
        (await _handler.NextAsync()).ShouldBe("lane 4711");
    }

    [Fact]
    public async Task EnqueueLaneAsync_FromAProcessThatRunsNothing_IsRunByAnother()
    {
        await using var submitter = CreateNode(handler: new RecordingHandler());
        await using var node = await StartNodeAsync();
        await submitter.Engine.EnqueueLaneAsync(long.MaxValue, 0, CancellationToken.None);
        (await _handler.NextAsync()).ShouldBe("lane 9223372036854775807");
    }

    [Fact]
    public async Task EnqueueLaneAsync_SeveralPriorities_RunsTheMostUrgentFirst()
    {
        await using var node = CreateNode(maxLanes: 1);
        var lanes = new[] { (1, 0), (2, 5), (3, 9), (4, 5), (5, 1) };
        foreach (var (lane, priority) in lanes) await node.Engine.EnqueueLaneAsync(lane, priority, CancellationToken.None);

        await node.StartAsync();

        var order = new List<string>();
        for (var at = 0; at < lanes.Length; at++) order.Add(await _handler.NextAsync());
        order.ShouldBe(["lane 3", "lane 2", "lane 4", "lane 5", "lane 1"]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10)]
    public async Task EnqueueLaneAsync_PriorityOutOfRange_Throws(int priority)
    {
        await using var node = CreateNode();
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => node.Engine.EnqueueLaneAsync(1, priority, CancellationToken.None));
    }

    [Fact]
    public async Task RunLane_HandlerFails_RunsItAgain()
    {
        var runs = 0;
        _handler.OnLane = (_, _) => Interlocked.Increment(ref runs) == 1 ? throw new InvalidOperationException("No luck yet.") : Task.CompletedTask;
        await using var node = await StartNodeAsync();
        await node.Engine.EnqueueLaneAsync(8, 7, CancellationToken.None);
        (await _handler.NextAsync()).ShouldBe("lane 8");
        (await _handler.NextAsync()).ShouldBe("lane 8");
    }

    [Fact]
    public async Task RunLane_MoreThanMaxLanes_WaitForAPlaceWhileSchedulesFire()
    {
        var free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = 0;
        _handler.OnLane = async (_, token) =>
        {
            Interlocked.Increment(ref running);
            await free.Task.WaitAsync(token);
        };
        await using var node = await StartNodeAsync(maxLanes: 2);
        for (var lane = 1; lane <= 4; lane++) await node.Engine.EnqueueLaneAsync(lane, 5, CancellationToken.None);
        await _handler.NextAsync();
        await _handler.NextAsync();

        await node.Engine.PutScheduleAsync(EverySecond("beside"), CancellationToken.None);

        (await _handler.UntilAsync("schedule beside")).ShouldBeEmpty();
        running.ShouldBe(2);
        free.SetResult();
        (await _handler.UntilAsync("lane 3")).ShouldAllBe(call => call == "schedule beside" || call == "lane 4");
    }

    [Fact]
    public async Task RunLane_ProcessIsKilled_RunsItOnAnother()
    {
        await using var node = CreateNode();
        await node.Engine.EnqueueLaneAsync(99, 5, CancellationToken.None);
        using var process = EngineProcess.Start(kind, _database.ConnectionString);
        (await process.ReadLineAsync()).ShouldBe("lane 99");
        await process.KillAsync();

        await node.StartAsync();

        (await _handler.NextAsync()).ShouldBe("lane 99");
    }

    [Fact]
    public async Task RunLane_NodeStops_IsCanceledAndRunsOnAnother()
    {
        var canceled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler.OnLane = async (_, token) =>
        {
            await using var registration = token.Register(() => canceled.TrySetResult());
            await Task.Delay(Timeout.Infinite, token);
        };
        var others = new RecordingHandler();
        await using var first = await StartNodeAsync();
        await first.Engine.EnqueueLaneAsync(12, 5, CancellationToken.None);
        (await _handler.NextAsync()).ShouldBe("lane 12");

        await using var second = await StartNodeAsync(others);
        await first.StopAsync();

        canceled.Task.IsCompletedSuccessfully.ShouldBeTrue();
        (await others.NextAsync()).ShouldBe("lane 12");
    }

    [Fact]
    public async Task PutScheduleAsync_TwoNodes_FiresEachOccurrenceOnce()
    {
        await using var first = await StartNodeAsync();
        await using var second = await StartNodeAsync();
        var due = DateTimeOffset.UtcNow.AddSeconds(4);
        await first.Engine.PutScheduleAsync(At("once", due), CancellationToken.None);
        await second.Engine.PutScheduleAsync(At("once", due), CancellationToken.None);
        // Fires when each node has looked several times after the first was due.
        await first.Engine.PutScheduleAsync(At("later", due.AddSeconds(4)), CancellationToken.None);

        (await _handler.UntilAsync("schedule later")).ShouldBe(["schedule once"]);
    }

    [Fact]
    public async Task PutScheduleAsync_OccurrencesWereMissed_FiresOnceWhenANodeStarts()
    {
        await using var node = CreateNode();
        var daily = new EngineSchedule("missed", "0 2 * * *", "Europe/Berlin");
        await node.Engine.PutScheduleAsync(daily, CancellationToken.None);
        await ExecuteAsync(PostponeScheduleByDaysSql("missed", -5));
        // Every start of a worker puts its schedules; that must not forget what was missed.
        await node.Engine.PutScheduleAsync(daily, CancellationToken.None);
        await node.Engine.PutScheduleAsync(At("later", DateTimeOffset.UtcNow.AddSeconds(6)), CancellationToken.None);

        await node.StartAsync();

        (await _handler.UntilAsync("schedule later")).ShouldBe(["schedule missed"]);
    }

    [Fact]
    public async Task PutScheduleAsync_Again_Replaces()
    {
        await using var node = await StartNodeAsync();
        await node.Engine.PutScheduleAsync(new EngineSchedule("nightly", "0 2 1 1 *", "Europe/Berlin"), CancellationToken.None);
        await node.Engine.PutScheduleAsync(EverySecond("nightly"), CancellationToken.None);
        (await _handler.NextAsync()).ShouldBe("schedule nightly");
    }

    [Fact]
    public async Task RemoveScheduleAsync_Existing_FiresNoMore()
    {
        await using var node = await StartNodeAsync();
        await node.Engine.PutScheduleAsync(EverySecond("gone"), CancellationToken.None);
        await _handler.NextAsync();
        await node.Engine.RemoveScheduleAsync("gone", CancellationToken.None);

        await node.Engine.PutScheduleAsync(EverySecond("stays"), CancellationToken.None);
        // What was under way when it was removed may still come, but not after another occurrence.
        await _handler.UntilAsync("schedule stays");
        await _handler.UntilAsync("schedule stays");
        (await _handler.UntilAsync("schedule stays")).ShouldBeEmpty();
    }

    [Fact]
    public async Task RemoveScheduleAsync_Missing_IsNoError()
    {
        await using var node = CreateNode();
        await node.Engine.RemoveScheduleAsync("never-there", CancellationToken.None);
    }

    [Theory]
    [InlineData("not a cron", "Europe/Berlin")]
    [InlineData("61 2 * * *", "Europe/Berlin")]
    [InlineData("0 2 1 * 1", "Europe/Berlin")]
    [InlineData("0 2 31 2 *", "Europe/Berlin")]
    [InlineData("0 2 * * *", "Europe/Atlantis")]
    public async Task PutScheduleAsync_CannotBeRead_ThrowsFormatException(string cron, string timeZone)
    {
        await using var node = CreateNode();
        var fault = await Should.ThrowAsync<FormatException>(() => node.Engine.PutScheduleAsync(new EngineSchedule("bad", cron, timeZone), CancellationToken.None));
        fault.Message.ShouldContain("'bad'");
    }

    /// <summary>SQL that moves a stored schedule's next time.</summary>
    private protected abstract string PostponeScheduleByDaysSql(string name, int days);

    private protected async Task<string> QueryAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private protected EngineNode CreateNode(int maxLanes = 4, RecordingHandler? handler = null) => new(kind, _database.ConnectionString, handler ?? _handler, maxLanes);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBeGreaterThan(0);
    }

    private static EngineSchedule EverySecond(string name) => new(name, "* * * * * *", "Europe/Berlin");

    private static EngineSchedule At(string name, DateTimeOffset due) =>
        new(name, string.Create(CultureInfo.InvariantCulture, $"{due.Second} {due.Minute} {due.Hour} {due.Day} {due.Month} *"), "UTC");

    private async Task<EngineNode> StartNodeAsync(RecordingHandler? handler = null, int maxLanes = 4)
    {
        var node = CreateNode(maxLanes, handler);
        await node.StartAsync();
        return node;
    }
}
