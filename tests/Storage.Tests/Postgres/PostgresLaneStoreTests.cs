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
        var told = new TaskCompletionSource<string>();
        await using var listener = await Source.OpenConnectionAsync(Cancel);
        listener.Notification += (_, news) => told.TrySetResult(news.Payload);
        await using (var listen = listener.CreateCommand())
        {
            listen.CommandText = "listen darkroom_news";
            await listen.ExecuteNonQueryAsync(Cancel);
        }

        await Lanes.TellAsync("b-1", Cancel);
        await listener.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        (await told.Task).ShouldBe("b-1");
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

    private Task<IReadOnlyList<QueuedLane>> PlanLanesAsync() => Lanes.PlanAsync(QueuedTime, null, Cancel);
}
