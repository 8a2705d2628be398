using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Darkroom.Testing.Azurite;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Outputs;

/// <summary>A batch's whole way with its images in Azure Blob Storage, as Azurite serves it.</summary>
public sealed class AzureOutputTests
{
    [Fact]
    public async Task Run_Azure_ImagesResultsLinksDownloadAndPurge()
    {
        var cancel = TestContext.Current.CancellationToken;
        if (AzuriteExecutable.Find() is not { } executable)
        {
            if (AzuriteExecutable.IsRequired) Assert.Fail(AzuriteExecutable.Missing);
            Assert.Skip(AzuriteExecutable.Missing);
            return;
        }

        await using var azurite = await AzuriteServer.StartAsync(executable, cancel);
        await using var world = await CliWorld.CreateAsync();
        world.Environment["Storage__Azure__ConnectionString"] = azurite.ConnectionString;
        world.Environment["Storage__Azure__Container"] = "shop";
        var container = new BlobContainerClient(azurite.ConnectionString, "shop");

        var batch = (await world.RunAsync("run", world.WriteManifest(2), "--size", "1024x1024", "--quality", "low", "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>();

        (await container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix: null, cancel).Select(blob => blob.Name).ToListAsync(cancel))
            .ShouldBe([$"{batch}/item-1-1.png", $"{batch}/item-2-1.png", $"{batch}/results.csv", $"{batch}/results.jsonl"], ignoreOrder: true);
        var results = (await world.RunAsync("results", batch, "--urls", "--expires", "1h")).ShouldExit(0);
        var output = JsonNode.Parse(results.Lines[0])!["outputs"]![0]!;
        using var anybody = new HttpClient();
        var image = await anybody.GetByteArrayAsync(new Uri(output["url"]!.GetValue<string>()), cancel);
        Convert.ToHexStringLower(SHA256.HashData(image)).ShouldBe(output["sha256"]!.GetValue<string>());
        (await container.GetBlobClient($"{batch}/results.jsonl").DownloadContentAsync(cancel)).Value.Content.ToString().ShouldBe((await world.RunAsync("results", batch)).ShouldExit(0).Out);

        (await world.RunAsync("download", batch, "here", "--json")).ShouldExit(0).Json["downloaded"]!.GetValue<int>().ShouldBe(2);
        (await File.ReadAllBytesAsync(Path.Combine(world.Folder.Path, "here", "item-1-1.png"), cancel)).ShouldBe(image);

        (await world.RunAsync("purge", batch, "--yes", "--json")).ShouldExit(0).Json[0]!["files"]!.GetValue<int>().ShouldBe(4);
        (await container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix: null, cancel).CountAsync(cancel)).ShouldBe(0);
    }
}
