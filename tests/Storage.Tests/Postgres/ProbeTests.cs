using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>Halted batches that try by themselves whether they may go on. In a database of its own: planning looks at all batches.</summary>
public sealed class ProbeTests : OwnDatabaseTest
{
    [Fact]
    public async Task Plan_ProbeTimeOver_TriesOneCall()
    {
        var (process, batch) = await HaltedAsync(TimeSpan.FromMinutes(15));
        await PassAsync(batch, "14 minutes");
        await PlanAsync();
        (await Batches.GetAsync(batch, Cancel))!.State.ShouldBe(BatchState.Halted);

        await PassAsync(batch, "2 minutes");
        await PlanAsync();

        var probing = (await Batches.GetAsync(batch, Cancel))!;
        (probing.State, probing.Reason).ShouldBe((BatchState.Running, "quota"));
        probing.Detail.ShouldNotBeNull().ShouldStartWith("Trying a single call after a halt.");
        (await ClaimAsync(process, batch)).ShouldHaveSingleItem().IsProbe.ShouldBeTrue();
        (await ClaimAsync(await RegisterAsync(), batch)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Complete_ProbeAnswered_LetsAllRun()
    {
        var (process, batch) = await ProbingAsync();
        await WorkOffAsync(process, batch, (item, attempt) => Succeeded(item, attempt));
        var batchNow = (await Batches.GetAsync(batch, Cancel))!;
        (batchNow.State, batchNow.Reason, batchNow.Detail).ShouldBe((BatchState.Running, null, null));
        (await ClaimAsync(process, batch)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Complete_ProbeHalted_WaitsAsLongAgain()
    {
        var (process, batch) = await ProbingAsync();
        await WorkOffAsync(process, batch, (item, attempt) => Halted(item, attempt, "quota"));
        (await Batches.GetAsync(batch, Cancel))!.State.ShouldBe(BatchState.Halted);
        await PlanAsync();
        (await ClaimAsync(process, batch)).ShouldBeEmpty();
        await PassAsync(batch, "16 minutes");
        await PlanAsync();
        (await ClaimAsync(process, batch)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Complete_ProbeThrottled_GoesOnTryingOneByOne()
    {
        var (process, batch) = await ProbingAsync();
        await WorkOffAsync(process, batch, (item, attempt) => Throttled(item, attempt, TimeSpan.Zero));
        (await ClaimAsync(process, batch)).ShouldHaveSingleItem().IsProbe.ShouldBeTrue();
    }

    [Fact]
    public async Task Resume_WhileItProbes_IsNoProbe()
    {
        var (process, batch) = await ProbingAsync();
        await Batches.ApplyAsync(batch, BatchAction.Pause, Cancel);
        await Batches.ApplyAsync(batch, BatchAction.Resume, Cancel);
        await Jobs.OpenAsync(batch, Cancel);
        (await ClaimAsync(process, batch)).Count.ShouldBe(5);
    }

    [Fact]
    public async Task Plan_HaltedWithoutProbing_StaysHalted()
    {
        var (_, batch) = await HaltedAsync(null);
        await PassAsync(batch, "1 year");
        await PlanAsync();
        (await Batches.GetAsync(batch, Cancel))!.State.ShouldBe(BatchState.Halted);
    }

    private async Task<(long Process, string Batch)> HaltedAsync(TimeSpan? probeEvery)
    {
        var process = await RegisterAsync();
        var id = NewId();
        await Batches.ImportAsync(new NewBatch(id, "test", BatchDefaults.Empty) { ProbeEvery = probeEvery }, PlanAsync(5), Cancel);
        await Jobs.OpenAsync(id, Cancel);
        var (item, attempt) = await BeginOneAsync(process, id);
        await Items.CompleteAsync([Halted(item, attempt, "quota")], Cancel);
        return (process, id);
    }

    private async Task<(long Process, string Batch)> ProbingAsync()
    {
        var (process, batch) = await HaltedAsync(TimeSpan.FromMinutes(15));
        await PassAsync(batch, "16 minutes");
        await PlanAsync();
        return (process, batch);
    }

    private Task PassAsync(string batch, string time) => ExecuteAsync($"update batch set halted_at = halted_at - interval '{time}' where id = $1 and state = 'halted'", batch);

    private async Task PlanAsync()
    {
        await Jobs.TakeMissingAsync(TimeSpan.FromMinutes(1), hasFreePlace: true, Cancel);
        foreach (var job in await Jobs.TakeMissingAsync(TimeSpan.FromMinutes(1), hasFreePlace: true, Cancel)) await Jobs.OpenAsync(job.BatchId, Cancel);
    }
}
