using Darkroom.Jobs.Throttling;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresProcessStoreTests : OwnDatabaseTest
{
    private const string LeftOfLease = "select extract(epoch from lease_until - now())::double precision from process where id = $1";

    [Fact]
    public async Task RegisterAsync_TellsWhoItIs()
    {
        var id = await Processes.RegisterAsync(takesBatches: true, TimeSpan.FromSeconds(30), Cancel);
        (await ScalarAsync<string>("select concat_ws(' ', host, pid, takes_batches, version <> '') from process where id = $1", id))
            .ShouldBe($"{Environment.MachineName} {Environment.ProcessId} t t");
        (await ScalarAsync<double>(LeftOfLease, id)).ShouldBeInRange(1, 30);
        (await Processes.RegisterAsync(takesBatches: false, TimeSpan.FromSeconds(30), Cancel)).ShouldBeGreaterThan(id);
    }

    [Fact]
    public async Task RenewAsync_SilentProcess_HasItsLeaseAgain()
    {
        var id = await RegisterAsync();
        await DieAsync(id);
        (await Processes.RenewAsync(id, TimeSpan.FromSeconds(600), Cancel)).ShouldBeTrue();
        (await ScalarAsync<double>(LeftOfLease, id)).ShouldBeInRange(500, 601);
    }

    [Fact]
    public async Task RenewAsync_NoSuchProcess_SaysSo() => (await Processes.RenewAsync(4711, TimeSpan.FromSeconds(30), Cancel)).ShouldBeFalse();

    [Fact]
    public async Task RetireAsync_FreesItemsJobsAndPlacesAtOnce()
    {
        var (retiring, process) = (await RegisterAsync(), await RegisterAsync());
        var batch = await ImportAsync(2);
        await Jobs.BeginAsync(batch, retiring, Cancel);
        await BeginOneAsync(retiring, batch);
        var limits = new GroupLimits { MaxInFlight = 1 };
        (await Limits.ReserveAsync("g", retiring, limits, [new CallCost(1, 1, 0)], TimeSpan.FromSeconds(1), Cancel)).Delays.Count.ShouldBe(1);

        await Processes.RetireAsync(retiring, Cancel);

        (await Jobs.TakeMissingAsync(TimeSpan.FromMinutes(1), hasFreePlace: true, Cancel)).ShouldContain(job => job.BatchId == batch);
        (await ClaimAsync(process, batch)).Count.ShouldBe(2);
        (await Limits.ReserveAsync("g", process, limits, [new CallCost(1, 1, 0)], TimeSpan.FromSeconds(1), Cancel)).Delays.Count.ShouldBe(1);
    }

    [Fact]
    public async Task RetireAsync_OldRows_AreRemovedUnlessTheyHoldItems()
    {
        var (old, holder, recent, retiring) = (await RegisterAsync(), await RegisterAsync(), await RegisterAsync(), await RegisterAsync());
        await ClaimAsync(holder, await ImportAsync(1));
        await ExecuteAsync("update process set lease_until = now() - interval '2 days' where id = any ($1)", new[] { old, holder });
        await DieAsync(recent);
        await Processes.RetireAsync(retiring, Cancel);
        (await ScalarAsync<long[]>("select array_agg(id order by id) from process")).ShouldBe([holder, recent, retiring]);
    }
}
