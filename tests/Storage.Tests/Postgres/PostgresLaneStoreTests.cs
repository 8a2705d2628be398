using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Lanes;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresLaneStoreTests : OwnDatabaseTest
{
    private static readonly TimeSpan QueuedTime = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task PlanAsync_OpenBatch_GivesItOneLane()
    {
        await RegisterAsync();
        var batch = await ImportAsync(1, priority: 7);
        var lane = (await PlanLanesAsync()).ShouldHaveSingleItem();
        (lane.BatchId, lane.Priority).ShouldBe((batch, 7));
        (await PlanLanesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task TellAsync_Batch_IsHeardByWhoeverListensForNews()
    {
        await using var news = await ListenAsync();
        await Lanes.TellAsync("b-1", Cancel);
        (await news.NextAsync()).ShouldBe("b-1");
    }

    [Fact]
    public async Task DeclineAsync_SecondLaneInOneProcess_EndsAndIsToldToThoseWhoHaveNone()
    {
        var (busy, free) = (await RegisterAsync(), await RegisterAsync());
        var batch = await ImportAsync(50);
        QueuedLane[] lanes = [.. await PlanLanesAsync(), .. await PlanLanesAsync()];
        await Lanes.StartAsync(lanes[0].Id, busy, Cancel);
        (await Lanes.StartAsync(lanes[1].Id, busy, Cancel)).ShouldBeNull();
        (await Lanes.PlanAsync(QueuedTime, free, Cancel)).ShouldBeEmpty();

        await using var news = await ListenAsync();
        await Lanes.DeclineAsync(lanes[1].Id, Cancel);
        (await news.NextAsync()).ShouldBe(batch);
        (await Lanes.PlanAsync(QueuedTime, free, Cancel)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task DeclineAsync_LaneThatAnotherLiveProcessRuns_StaysItsOwnUntilThatDies()
    {
        var one = await RegisterAsync();
        await RegisterAsync();
        await ImportAsync(1);
        var lane = (await PlanLanesAsync())[0];
        await Lanes.StartAsync(lane.Id, one, Cancel);

        await Lanes.DeclineAsync(lane.Id, Cancel);
        (await ScalarAsync<string>("select state from lane where id = $1", lane.Id)).ShouldBe("running");
        await DieAsync(one);
        await Lanes.DeclineAsync(lane.Id, Cancel);
        (await ScalarAsync<string>("select state from lane where id = $1", lane.Id)).ShouldBe("ended");
    }

    [Fact]
    public async Task DeclineAsync_EndedLane_TellsNothing()
    {
        await RegisterAsync();
        await ImportAsync(1);
        var lane = (await PlanLanesAsync())[0];
        await Lanes.EndAsync(lane.Id, Cancel);

        await using var news = await ListenAsync();
        await Lanes.DeclineAsync(lane.Id, Cancel);
        await Lanes.TellAsync("the next", Cancel);
        (await news.NextAsync()).ShouldBe("the next");
    }

    [Fact]
    public async Task PlanAsync_WhoWorksOnTheBatchAlready_LeavesTheNextLaneToOthers()
    {
        var (busy, free) = (await RegisterAsync(), await RegisterAsync());
        await ImportAsync(50);
        await Lanes.StartAsync((await PlanLanesAsync()).ShouldHaveSingleItem().Id, busy, Cancel);

        (await Lanes.PlanAsync(QueuedTime, busy, Cancel)).ShouldBeEmpty();
        (await Lanes.PlanAsync(QueuedTime, free, Cancel)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task PlanAsync_NoProcessThatTakesLanes_PlansNothing()
    {
        await ImportAsync(1);
        await RegisterAsync(takesLanes: false);
        await DieAsync(await RegisterAsync());
        (await PlanLanesAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(BatchAction.Pause)]
    [InlineData(BatchAction.Cancel)]
    public async Task PlanAsync_StoppedBatch_PlansNothing(BatchAction action)
    {
        await RegisterAsync();
        await Batches.ApplyAsync(await ImportAsync(5), action, Cancel);
        (await PlanLanesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task PlanAsync_StoppedBatchWithItemsOfTheDead_PlansTheirRecovery()
    {
        var dead = await RegisterAsync();
        await RegisterAsync();
        var batch = await ImportAsync(5);
        await BeginOneAsync(dead, batch);
        await Batches.ApplyAsync(batch, BatchAction.Cancel, Cancel);
        (await PlanLanesAsync()).ShouldBeEmpty();
        await DieAsync(dead);
        (await PlanLanesAsync()).ShouldHaveSingleItem().BatchId.ShouldBe(batch);
    }

    [Fact]
    public async Task PlanAsync_SeveralBatches_ComeByPriority()
    {
        await RegisterAsync();
        var (low, high) = (await ImportAsync(1, priority: 1), await ImportAsync(1, priority: 9));
        (await PlanLanesAsync()).Select(lane => lane.BatchId).ShouldBe([high, low]);
    }

    [Theory]
    [InlineData(1, 25, 1)]
    [InlineData(2, 25, 2)]
    [InlineData(5, 25, 3)]
    [InlineData(5, 9, 1)]
    [InlineData(5, 10, 2)]
    public async Task PlanAsync_ManyItems_GivesMoreLanesUpToTheProcesses(int processes, int items, int lanes)
    {
        for (var at = 0; at < processes; at++) await RegisterAsync();
        await ImportAsync(items);
        for (var lane = 0; lane < lanes; lane++) (await PlanLanesAsync()).ShouldHaveSingleItem();
        (await PlanLanesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task PlanAsync_LaneOfADeadProcess_IsReplaced()
    {
        var (dead, process) = (await RegisterAsync(), await RegisterAsync());
        var batch = await ImportAsync(1);
        var lane = (await PlanLanesAsync())[0];
        (await Lanes.StartAsync(lane.Id, dead, Cancel)).ShouldBe(batch);
        (await PlanLanesAsync()).ShouldBeEmpty();
        await DieAsync(dead);
        var next = (await PlanLanesAsync()).ShouldHaveSingleItem();
        next.Id.ShouldNotBe(lane.Id);
        (await Lanes.StartAsync(next.Id, process, Cancel)).ShouldBe(batch);
    }

    [Fact]
    public async Task PlanAsync_QueuedForTooLong_IsReplaced()
    {
        await RegisterAsync();
        await ImportAsync(1);
        await PlanLanesAsync();
        await ExecuteAsync("update lane set queued_at = now() - interval '61 seconds'");
        (await PlanLanesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task PlanAsync_ManyAtOnce_PlansOnce()
    {
        await RegisterAsync();
        for (var round = 0; round < 12; round++)
        {
            var batch = await ImportAsync(1);
            var planned = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(PlanLanesAsync, Cancel)));
            planned.SelectMany(lanes => lanes).ShouldHaveSingleItem().BatchId.ShouldBe(batch);
        }
    }

    [Fact]
    public async Task PlanAsync_WhileAnotherPlans_LeavesItToThatOne()
    {
        await RegisterAsync();
        await ImportAsync(1);
        await using var connection = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var turn = new Npgsql.NpgsqlCommand(Storage.Postgres.Sql.LaneSql.TakeTurn, connection)) (await turn.ExecuteScalarAsync(Cancel)).ShouldBe(true);
        (await PlanLanesAsync()).ShouldBeEmpty();
        await transaction.RollbackAsync(Cancel);
        (await PlanLanesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task StartAsync_EndedOrUnknown_IsRefused()
    {
        var process = await RegisterAsync();
        await ImportAsync(1);
        var lane = (await PlanLanesAsync())[0];
        await Lanes.EndAsync(lane.Id, Cancel);
        await Lanes.EndAsync(lane.Id, Cancel);
        (await Lanes.StartAsync(lane.Id, process, Cancel)).ShouldBeNull();
        (await Lanes.StartAsync(lane.Id + 1000, process, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task StartAsync_RunsInALiveProcess_IsRefusedUntilThatDies()
    {
        var (one, other) = (await RegisterAsync(), await RegisterAsync());
        var batch = await ImportAsync(1);
        var lane = (await PlanLanesAsync())[0];
        (await Lanes.StartAsync(lane.Id, one, Cancel)).ShouldBe(batch);
        (await Lanes.StartAsync(lane.Id, other, Cancel)).ShouldBeNull();
        (await Lanes.StartAsync(lane.Id, one, Cancel)).ShouldBe(batch, "An engine that runs a lane again after a failure starts it anew.");
        await DieAsync(one);
        (await Lanes.StartAsync(lane.Id, other, Cancel)).ShouldBe(batch);
    }

    [Fact]
    public async Task StartAsync_SecondLaneOfABatch_GoesToAnotherProcess()
    {
        var (one, other) = (await RegisterAsync(), await RegisterAsync());
        var batch = await ImportAsync(250);
        QueuedLane[] lanes = [.. await PlanLanesAsync(), .. await PlanLanesAsync()];
        (await Lanes.StartAsync(lanes[0].Id, one, Cancel)).ShouldBe(batch);
        (await Lanes.StartAsync(lanes[1].Id, one, Cancel)).ShouldBeNull();
        (await Lanes.StartAsync(lanes[1].Id, other, Cancel)).ShouldBe(batch);
    }

    [Fact]
    public async Task StartAsync_LanesOfABatchInOneProcessAtOnce_StartsOne()
    {
        var (process, _) = (await RegisterAsync(), await RegisterAsync());
        for (var round = 0; round < 20; round++)
        {
            await ImportAsync(50);
            QueuedLane[] lanes = [.. await PlanLanesAsync(), .. await PlanLanesAsync()];
            var started = await Task.WhenAll(lanes.Select(lane => Task.Run(() => Lanes.StartAsync(lane.Id, process, Cancel), Cancel)));
            started.Count(batch => batch is not null).ShouldBe(1);
        }
    }

    [Fact]
    public async Task StartOwnAsync_CountsAsTheBatchsLane()
    {
        var own = await RegisterAsync(takesLanes: false);
        await RegisterAsync();
        var batch = await ImportAsync(1);
        var lane = await Lanes.StartOwnAsync(batch, own, Cancel);
        (await PlanLanesAsync()).ShouldBeEmpty();
        await Lanes.EndAsync(lane, Cancel);
        (await PlanLanesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task RequeueAsync_RunningLane_CanBeStartedElsewhere()
    {
        var (one, other) = (await RegisterAsync(), await RegisterAsync());
        var batch = await ImportAsync(1);
        var lane = (await PlanLanesAsync())[0];
        await Lanes.StartAsync(lane.Id, one, Cancel);
        await Lanes.RequeueAsync(lane.Id, Cancel);
        (await PlanLanesAsync()).ShouldBeEmpty();
        (await Lanes.StartAsync(lane.Id, other, Cancel)).ShouldBe(batch);
        await Lanes.EndAsync(lane.Id, Cancel);
        await Lanes.RequeueAsync(lane.Id, Cancel);
        (await ScalarAsync<string>("select state from lane where id = $1", lane.Id)).ShouldBe("ended");
    }

    private async Task<News> ListenAsync()
    {
        var connection = await Source.OpenConnectionAsync(Cancel);
        await using var listen = connection.CreateCommand();
        listen.CommandText = "listen darkroom_news";
        await listen.ExecuteNonQueryAsync(Cancel);
        return new News(connection);
    }

    private Task<IReadOnlyList<QueuedLane>> PlanLanesAsync() => Lanes.PlanAsync(QueuedTime, null, Cancel);

    private sealed class News : IAsyncDisposable
    {
        private readonly Npgsql.NpgsqlConnection _connection;
        private readonly Queue<string> _told = new();

        public News(Npgsql.NpgsqlConnection connection)
        {
            _connection = connection;
            connection.Notification += (_, news) => _told.Enqueue(news.Payload);
        }

        public async Task<string> NextAsync()
        {
            while (_told.Count == 0) (await _connection.WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldBeTrue("nothing was told");
            return _told.Dequeue();
        }

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
