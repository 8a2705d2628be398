using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Results;
using Darkroom.Storage.Postgres;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresResultsStoreTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    private PostgresResultsStore Results => new(Source);

    [Fact]
    public async Task ClaimAsync_BatchHasEnded_IsDueOnceAndNotAgain()
    {
        var (process, batch) = (await RegisterAsync(), await ImportAsync(2));
        (await Results.ClaimAsync(process, batch, Cancel)).ShouldBeNull();
        await EndAsync(process, batch);

        var due = (await Results.ClaimAsync(process, batch, Cancel)).ShouldNotBeNull();
        due.ShouldBe(new DueResults(batch, (await Batches.GetAsync(batch, Cancel))!.FinishedAt!.Value));
        (await Results.ClaimAsync(process, batch, Cancel)).ShouldBeNull();
        (await Results.ClaimAsync(await RegisterAsync(), batch, Cancel)).ShouldBeNull();
        await Results.FinishAsync(due, process, Cancel);

        (await Results.ClaimAsync(process, batch, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task ClaimAsync_WriterDied_AnotherTakesOver()
    {
        var (dead, batch) = (await RegisterAsync(), await ImportAsync(1));
        await EndAsync(dead, batch);
        var due = (await Results.ClaimAsync(dead, batch, Cancel)).ShouldNotBeNull();
        await DieAsync(dead);

        var next = await RegisterAsync();
        (await Results.ClaimAsync(next, batch, Cancel)).ShouldBe(due);
        // The dead one wakes up: it isn't its claim any more.
        await Results.ReleaseAsync(due, dead, Cancel);
        (await Results.ClaimAsync(await RegisterAsync(), batch, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task ReleaseAsync_StoreRefused_IsDueAgain()
    {
        var (process, batch) = (await RegisterAsync(), await ImportAsync(1));
        await EndAsync(process, batch);
        var due = (await Results.ClaimAsync(process, batch, Cancel)).ShouldNotBeNull();

        await Results.ReleaseAsync(due, process, Cancel);

        (await Results.ClaimAsync(process, batch, Cancel)).ShouldBe(due);
    }

    [Fact]
    public async Task FinishAsync_RetriedWhileWritten_StaysDueForItsNewEnd()
    {
        var (process, batch) = (await RegisterAsync(), await ImportAsync(1));
        await WorkOffAsync(process, batch, (item, attempt) => Failed(item, attempt));
        await Batches.TryFinishAsync(batch, Cancel);
        var due = (await Results.ClaimAsync(process, batch, Cancel)).ShouldNotBeNull();
        (await Batches.RetryAsync(batch, [ItemState.Failed], Cancel)).Items.ShouldBe(1);
        await Jobs.OpenAsync(batch, Cancel);
        (await Results.ClaimAsync(await RegisterAsync(), batch, Cancel)).ShouldBeNull();
        await EndAsync(process, batch);

        await Results.FinishAsync(due, process, Cancel);

        (await Results.ClaimAsync(process, batch, Cancel)).ShouldNotBeNull().FinishedAt.ShouldBeGreaterThan(due.FinishedAt);
    }

    [Fact]
    public async Task ClaimAsync_CanceledWithACallInFlight_WaitsForIt()
    {
        var (process, batch) = (await RegisterAsync(), await ImportAsync(1));
        var (item, attempt) = await BeginOneAsync(process, batch);
        await Batches.ApplyAsync(batch, BatchAction.Cancel, Cancel);
        (await Results.ClaimAsync(process, batch, Cancel)).ShouldBeNull();

        await Items.CompleteAsync([Succeeded(item, attempt)], Cancel);

        (await Results.ClaimAsync(process, batch, Cancel)).ShouldNotBeNull();
    }

    private async Task EndAsync(long process, string batch)
    {
        await WorkOffAsync(process, batch, (item, attempt) => Succeeded(item, attempt));
        (await Batches.TryFinishAsync(batch, Cancel)).State.IsFinal().ShouldBeTrue();
    }
}
