using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Lanes;
using Darkroom.Storage.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class EngineOwnershipTests : OwnDatabaseTest
{
    private PostgresEngineOwnership Ownership => new(Source);

    [Fact]
    public async Task ClaimAsync_FirstAndSameAgain_IsGranted()
    {
        (await Ownership.GetAsync(Cancel)).ShouldBeNull();
        (await ClaimAsync("hangfire")).Owner.ShouldBe(new EngineOwner("hangfire", 0, 0));
        (await ClaimAsync("hangfire")).Owner.ShouldBe(new EngineOwner("hangfire", 0, 0));
        (await Ownership.GetAsync(Cancel)).ShouldBe("hangfire");
    }

    [Fact]
    public async Task ClaimAsync_OtherLives_IsRefusedUnlessItTakesOver()
    {
        var (other, _) = await ClaimAsync("hangfire");
        await ImportAsync(1);
        var lane = (await Lanes.PlanAsync(LaneSweep.QueuedTime, null, Cancel)).ShouldHaveSingleItem();

        (await ClaimAsync("quartz")).Owner.ShouldBe(new EngineOwner("hangfire", 1, 1));
        await Lanes.StartAsync(lane.Id, other, Cancel);
        (await ClaimAsync("quartz")).Owner.ShouldBe(new EngineOwner("hangfire", 1, 1));
        (await ClaimAsync("quartz", takeOver: true)).Owner.Engine.ShouldBe("quartz");
        (await ScalarAsync<string>("select state from lane where id = $1", lane.Id)).ShouldBe("running");
    }

    [Fact]
    public async Task ClaimAsync_TakesOver_EndsWhatTheOtherHasQueued()
    {
        await ClaimAsync("hangfire");
        await ImportAsync(1);
        var lane = (await Lanes.PlanAsync(LaneSweep.QueuedTime, null, Cancel)).ShouldHaveSingleItem();
        await ClaimAsync("quartz", takeOver: true);
        (await ScalarAsync<string>("select state from lane where id = $1", lane.Id)).ShouldBe("ended");
        (await Lanes.PlanAsync(LaneSweep.QueuedTime, null, Cancel)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task ClaimAsync_OtherIsGone_IsGranted()
    {
        var (other, _) = await ClaimAsync("hangfire");
        await Processes.RetireAsync(other, Cancel);
        (await ClaimAsync("quartz")).Owner.ShouldBe(new EngineOwner("quartz", 0, 0));
    }

    [Fact]
    public async Task ClaimAsync_OnlyARunWorks_IsGranted()
    {
        var run = await RegisterAsync(takesLanes: false);
        await ClaimAsync("hangfire");
        await ExecuteAsync("update process set lease_until = '-infinity' where engine is not null");
        await Lanes.StartOwnAsync(await ImportAsync(1), run, Cancel);
        (await ClaimAsync("quartz")).Owner.Engine.ShouldBe("quartz");
    }

    [Fact]
    public async Task ClaimAsync_ManyOfBothAtOnce_OneEngineWins()
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => ClaimAsync(number % 2 == 0 ? "hangfire" : "quartz")));
        var owner = await Ownership.GetAsync(Cancel);
        // Whoever asked later saw the first one live.
        claims.ShouldAllBe(claim => claim.Owner.Engine == owner);
    }

    [Fact]
    public async Task LaneBoard_LiveAndEnded_TellBatchAndProgress()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(4);
        await WorkOffAsync(process, batch, (item, attempt) => item.Key == "key-1" ? Failed(item, attempt) : Throttled(item, attempt, TimeSpan.FromHours(1)));
        var ended = await Lanes.StartOwnAsync(batch, process, Cancel);
        await Lanes.EndAsync(ended, Cancel);
        var live = await Lanes.StartOwnAsync(batch, process, Cancel);
        var board = new PostgresLaneBoard(Source);

        (await board.ListLiveAsync(Cancel)).ShouldBe([new LaneTitle(live, batch, "test", BatchState.Running, 4, 1)]);
        (await board.FindAsync(ended, Cancel)).ShouldBe(new LaneTitle(ended, batch, "test", BatchState.Running, 4, null));
        (await board.FindAsync(-1, Cancel)).ShouldBeNull();
    }

    private async Task<(long Process, EngineOwner Owner)> ClaimAsync(string engine, bool takeOver = false)
    {
        var process = await RegisterAsync();
        return (process, await Ownership.ClaimAsync(process, engine, takeOver, Cancel));
    }
}
