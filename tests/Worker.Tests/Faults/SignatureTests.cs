using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Darkroom.Simulator;
using Darkroom.Testing.Azurite;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>The store's signature ends while a worker is at work, and is replaced under it.</summary>
public sealed class SignatureTests
{
    private const int Items = 16;
    private const int InFlight = 2;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Worker_SignatureEndsInMidRun_HaltsWithACureAndGoesOnWithTheNextOne(bool streams)
    {
        if (AzuriteExecutable.Find() is not { } executable)
        {
            if (AzuriteExecutable.IsRequired) Assert.Fail(AzuriteExecutable.Missing);
            Assert.Skip(AzuriteExecutable.Missing);
            return;
        }

        await using var azurite = await AzuriteServer.StartAsync(executable, Cancel);
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromSeconds(1.5), LatencyJitter = 0, LatencyTail = 0 });
        var container = new BlobContainerClient(azurite.ConnectionString, "shop");
        await container.CreateAsync(cancellationToken: Cancel);
        var file = Path.Combine(world.Folder.Path, "signature");
        Sign(container, file, hours: 1);
        world.Environment["Storage__Azure__AccountUri"] = azurite.AccountUri.ToString();
        world.Environment["Storage__Azure__SasTokenFile"] = file;
        world.Environment["Storage__Azure__Container"] = container.Name;
        world.Environment["Worker__MaxInFlight"] = $"{InFlight}";
        var worker = world.StartWorker();
        string[] flags = streams ? ["--stream", "--partial-images", "1"] : [];
        var batch = await world.SubmitAsync(Items, flags);
        await Poll.UntilAsync(async () => await CountAsync("item where state = 'succeeded'") >= InFlight, "the first images");

        Sign(container, file, hours: -1);
        await Poll.UntilAsync(async () => await CountAsync("batch where state = 'halted'") == 1 && await CountAsync("item where lease_token is not null") == 0, "the halt");

        var status = await world.StatusAsync(batch);
        status["reason"]!.GetValue<string>().ShouldBe("store");
        var detail = status["detail"]!.GetValue<string>();
        detail.ShouldContain("access refused (403 ");
        detail.ShouldContain("restore access, then resume the batch: this worker kept the images that were paid for");
        var (succeeded, held) = (await CountAsync("item where state = 'succeeded'"), await CountAsync("item where state = 'held'"));
        held.ShouldBeInRange(1, InFlight, "no call began after the first refusal");
        (await CountAsync("item where state = 'pending'")).ShouldBe(Items - succeeded - held);
        (await CountAsync("ledger where kind = 'reported'")).ShouldBe(succeeded + held, "what was paid for is known");
        await ShouldHoldAsync(world, container, batch, succeeded);

        // Resumed under the same signature it halts again, and buys nothing: a worker asks the store before it takes up work.
        (await world.RunAsync("resume", batch)).ShouldExit(0);
        await Poll.UntilAsync(async () => await CountAsync("webhook_event where kind = 'batch.halted'") >= 2 && await CountAsync("batch where state = 'halted'") == 1, "the halt to come again");
        world.Simulator.Account.Summary.Requests.ShouldBe(succeeded + held);
        Sign(container, file, hours: 1);
        (await world.RunAsync("resume", batch)).ShouldExit(0);
        await Poll.UntilAsync(async () => await CountAsync("item where state = 'succeeded'") == Items, "the rest of the batch, and the images that were kept");

        world.Simulator.Account.Summary.Billed.ShouldBe(Items, "what couldn't be stored was kept, and isn't bought again");
        (await world.RunAsync("doctor", "--outputs", batch)).ShouldExit(0);
        await ShouldHoldAsync(world, container, batch, Items);
        worker.Error.ShouldNotContain("sig=");

        Task<long> CountAsync(string rows) => world.CountAsync($"select count(*) from {rows}");
    }

    private static void Sign(BlobContainerClient container, string file, int hours)
    {
        var rights = new BlobSasBuilder(BlobContainerSasPermissions.All, DateTimeOffset.UtcNow.AddHours(hours)) { BlobContainerName = container.Name, StartsOn = DateTimeOffset.UtcNow.AddDays(-2) };
        // Whole at once, as whoever renews signatures does it: a worker reads whenever it likes.
        File.WriteAllText(file + ".new", container.GenerateSasUri(rights).Query);
        File.Move(file + ".new", file, overwrite: true);
    }

    private static async Task ShouldHoldAsync(CliWorld world, BlobContainerClient container, string batch, long images)
    {
        var sent = world.Simulator.Account.Billed.SelectMany(edit => edit.ImageSha256).ToHashSet(StringComparer.Ordinal);
        var seen = 0;
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{batch}/", Cancel))
        {
            if (!blob.Name.EndsWith(".png", StringComparison.Ordinal)) continue;
            var bytes = (await container.GetBlobClient(blob.Name).DownloadContentAsync(Cancel)).Value.Content.ToArray();
            sent.ShouldContain(Convert.ToHexStringLower(SHA256.HashData(bytes)), blob.Name);
            seen++;
        }

        ((long)seen).ShouldBe(images);
    }
}
