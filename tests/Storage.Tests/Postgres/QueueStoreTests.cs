using Darkroom.Jobs.Batches;
using Darkroom.Storage.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>The queue from outside, and traces of attempts.</summary>
public sealed class QueueStoreTests : OwnDatabaseTest
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    private PostgresQueueStore Queue => new(Source);

    [Fact]
    public async Task GetDepthAsync_Empty_IsZero()
    {
        var depth = await Queue.GetDepthAsync(Cancel);
        (depth.OldestDue, depth.Due, depth.Processes, depth.Batches.Count).ShouldBe((TimeSpan.Zero, 0, 0, 0));
    }

    [Fact]
    public async Task GetDepthAsync_SomeDue_TellsHowManyAndHowLong()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(5);
        await ExecuteAsync("update batch set created_at = now() - interval '1 hour' where id = $1", batch);
        await ExecuteAsync("update item set not_before = now() + interval '1 hour' where batch_id = $1 and key = 'key-1'", batch);
        await ClaimAsync(process, batch, 1);
        var halted = await ImportAsync(7);
        await Batches.HaltAsync(halted, "quota", "No money.", Cancel);

        var depth = await Queue.GetDepthAsync(Cancel);

        (depth.Due, depth.Processes).ShouldBe((3, 1));
        depth.OldestDue.TotalMinutes.ShouldBeInRange(59, 120);
        depth.Batches.ShouldBe(new Dictionary<BatchState, long> { [BatchState.Running] = 1, [BatchState.Halted] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public async Task BeginAttemptsAsync_Traced_IsInTheResults()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(2);
        var items = await ClaimAsync(process, batch);

        var attempts = await Items.BeginAttemptsAsync(process, [items[0] with { TraceId = Trace }, items[1]], Cancel);

        attempts.ShouldAllBe(attempt => attempt != null);
        var results = new List<ItemResult>();
        await foreach (var result in Batches.ReadResultsAsync(batch, Cancel)) results.Add(result);
        results.Select(result => result.TraceId).ShouldBe([Trace, null]);
    }

    [Fact]
    public async Task BeginAttemptsAsync_TracedButLost_LeavesAnothersTraceAlone()
    {
        var (dead, process) = (await RegisterAsync(), await RegisterAsync());
        var batch = await ImportAsync(1);
        var stale = (await ClaimAsync(dead, batch)).ShouldHaveSingleItem();
        await DieAsync(dead);
        var fresh = (await ClaimAsync(process, batch)).ShouldHaveSingleItem();
        await Items.BeginAttemptsAsync(process, [fresh with { TraceId = Trace }], Cancel);

        (await Items.BeginAttemptsAsync(dead, [stale with { TraceId = new string('f', 32) }], Cancel)).ShouldBe([null]);

        (await ScalarAsync<string>("select trace_id::text from attempt")).Replace("-", "", StringComparison.Ordinal).ShouldBe(Trace);
    }
}
