using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Sources;
using Darkroom.Testing.Azurite;

namespace Darkroom.Worker.Tests.Sources;

public sealed class FetchTests
{
    [Fact]
    public async Task Run_FetchedByTheWorker_SendsWhatItGotAndUploadsWhatManyShare()
    {
        await using var world = await SourceWorld.CreateAsync(settings: ("Sources:AllowedHosts:0", "127.0.0.1"));
        var rows = Enumerable.Range(0, 10).Select(i => $$"""{"image":"{{world.Root}}catalogue/mug.png?v={{i}}","mask":"{{world.Root}}catalogue/mug-mask.png","prompt":"p"}""");

        var (status, _) = await world.RunAsync(rows, fetchedBy: FetchedBy.Worker);

        (status.Batch.State, status.Items.Succeeded).ShouldBe((BatchState.Completed, 10));
        var mask = $"file:{(await world.UploadedAsync()).ShouldHaveSingleItem()}";
        world.Simulator.Account.Billed.ShouldAllBe(edit => edit.Sources[0].StartsWith("sha256:") && edit.Mask == mask);
    }

    [Theory]
    [InlineData(FetchedBy.Service)]
    [InlineData(FetchedBy.Worker)]
    public async Task Run_BlobOfAConfiguredAccount_IsFetchedHereWhateverTheBatchSaysAndItsVersionIsKept(FetchedBy fetchedBy)
    {
        var cancel = TestContext.Current.CancellationToken;
        if (AzuriteExecutable.Find() is not { } executable)
        {
            if (AzuriteExecutable.IsRequired) Assert.Fail(AzuriteExecutable.Missing);
            Assert.Skip(AzuriteExecutable.Missing);
            return;
        }

        await using var azurite = await AzuriteServer.StartAsync(executable, cancel);
        await using var world = await SourceWorld.CreateAsync(settings: ("Sources:Azure:shop:ConnectionString", azurite.ConnectionString));
        var mug = await File.ReadAllBytesAsync(await world.TakeAsync("mug.png"), cancel);
        var container = new BlobContainerClient(azurite.ConnectionString, "pictures");
        await container.CreateAsync(cancellationToken: cancel);
        await container.UploadBlobAsync("mugs/white mug.png", new BinaryData(mug), cancel);

        var (status, _) = await world.RunAsync(["""{"image":"az://shop/pictures/mugs/white%20mug.png","prompt":"p"}"""], fetchedBy: fetchedBy);

        (status.Batch.State, status.Items.Succeeded).ShouldBe((BatchState.Completed, 1));
        world.Simulator.Account.Billed.ShouldHaveSingleItem().Sources.ShouldBe([$"sha256:{Convert.ToHexStringLower(SHA256.HashData(mug))}"]);
        await using var command = world.Database.DataSource.CreateCommand("select count(*) from item where source_version is not null");
        (await command.ExecuteScalarAsync(cancel)).ShouldBe(1L);
    }

    [Fact]
    public async Task Run_FetchedByTheWorkerFromInside_IsRejectedAndNothingIsBilled()
    {
        await using var world = await SourceWorld.CreateAsync();

        var (status, results) = await world.RunAsync([$$"""{"image":"{{world.Root}}catalogue/mug.png?sig=planted","prompt":"p"}"""], fetchedBy: FetchedBy.Worker);

        (status.Items.Rejected, status.CostUsd, world.Simulator.Account.Billed.Count).ShouldBe((1, 0m, 0));
        results[0].Error!.ShouldSatisfyAllConditions(
            error => error.Code.ShouldBe(DownloadFault.Refused), error => error.Message.ShouldContain("loopback"), error => error.Message.ShouldNotContain("planted"));
    }
}
