using Azure.Storage.Blobs;
using Darkroom.Jobs.Schedules;
using Darkroom.Testing.Azurite;
using Darkroom.Worker.Tests.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Worker.Tests.Schedules;

/// <summary>Manifests from afar, with real servers: read afresh for each run, and known by their ETag.</summary>
public sealed class RemoteManifestTests
{
    private static readonly string Row = CliWorld.Row("item-1", "Put it on white") + "\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_ManifestByHttp_IsReadAfreshAndKnownByItsETag()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-23T01:30:01Z");
        await using var server = await ManifestServer.StartAsync(Row);
        var schedule = await world.AddAsync(server.Address);
        var process = world.Process(("Sources:AllowedHosts:0", server.Authority));

        await RunAsync();
        await RunAsync();
        (server.Text, server.Etag) = (Row + CliWorld.Row("item-2", "Put it on white", "?row=2") + "\n", "\"2\"");
        await RunAsync();
        // The same bytes under a new ETag are another version: whoever serves it says so.
        server.Etag = "\"3\"";
        await RunAsync();

        server.Reads.ShouldBe(4);
        var runs = (await world.RunsAsync()).Reverse().ToList();
        runs.Select(run => (run.State, run.ManifestVersion, run.IsUnchanged)).ShouldBe(
        [
            (ScheduleRunState.Started, "\"1\"", false), (ScheduleRunState.Started, "\"1\"", true), (ScheduleRunState.Started, "\"2\"", false), (ScheduleRunState.Started, "\"3\"", false),
        ]);
        var totals = new List<long>();
        foreach (var run in runs) totals.Add((await world.Batches.GetStatusAsync(run.BatchId, Cancel))!.Items.Total);
        totals.ShouldBe([1, 1, 2, 2]);

        async Task RunAsync()
        {
            var run = (await process.GetRequiredService<ScheduledBatches>().RunNowAsync((await world.Store.GetAsync(schedule.Name, Cancel))!, NightWorld.Tester, Cancel)).ShouldNotBeNull();
            run.State.ShouldBe(ScheduleRunState.Started, run.Detail);
            await world.EndBatchesAsync();
            world.Time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task Start_ManifestInAPrivateAccount_IsReadByItsKeyAndKnownByItsETag()
    {
        if (AzuriteExecutable.Find() is not { } executable)
        {
            if (AzuriteExecutable.IsRequired) Assert.Fail(AzuriteExecutable.Missing);
            Assert.Skip(AzuriteExecutable.Missing);
            return;
        }

        await using var azurite = await AzuriteServer.StartAsync(executable, Cancel);
        var container = new BlobContainerClient(azurite.ConnectionString, "catalogues");
        await container.CreateAsync(cancellationToken: Cancel);
        var blob = container.GetBlobClient("night/catalogue.jsonl");
        await blob.UploadAsync(BinaryData.FromString(Row), Cancel);
        await using var world = await NightWorld.CreateAsync("2026-11-23T01:30:01Z");
        var schedule = await world.AddAsync("az://devstoreaccount1/catalogues/night/catalogue.jsonl");
        var process = world.Process(("Sources:Azure:devstoreaccount1:ConnectionString", azurite.ConnectionString));

        (await RunAsync()).ShouldBe((ScheduleRunState.Started, false));
        (await RunAsync()).ShouldBe((ScheduleRunState.Started, true));
        await blob.UploadAsync(BinaryData.FromString(Row), overwrite: true, Cancel);
        (await RunAsync()).ShouldBe((ScheduleRunState.Started, false));
        (await world.CountBatchesAsync()).ShouldBe(3);
        await blob.DeleteAsync(cancellationToken: Cancel);
        (await RunAsync()).State.ShouldBe(ScheduleRunState.Failed);

        async Task<(ScheduleRunState State, bool IsUnchanged)> RunAsync()
        {
            var run = (await process.GetRequiredService<ScheduledBatches>().RunNowAsync((await world.Store.GetAsync(schedule.Name, Cancel))!, NightWorld.Tester, Cancel)).ShouldNotBeNull();
            await world.EndBatchesAsync();
            world.Time.Advance(TimeSpan.FromMinutes(1));
            return (run.State, run.IsUnchanged);
        }
    }
}
