using Azure.Storage.Blobs;
using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Images;
using Darkroom.Testing;
using Darkroom.Testing.Azurite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Darkroom.Storage.Tests.Images;

public sealed class AzurePatienceTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly AttemptPlace Place = new("b-1", "item", 1, "png");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CommitAsync_StorageComesBack_StoresTheImage()
    {
        await using var gate = new TcpGate(new Uri(azurite.ConnectionString.Split("BlobEndpoint=")[1].TrimEnd(';')).Port, open: false);
        var store = Store(gate.Port, TimeSpan.FromMinutes(10));
        await using var sink = store.OpenSink(Place);
        await WriteAsync(sink);

        var storing = sink.CommitAsync(new OutputMetadata(7, null, 1, null), Cancel);
        // More than once, so that it isn't the first try that finds the gate open.
        await Task.WhenAny(storing, gate.UntilRefusedAsync(3, Cancel));
        storing.IsCompleted.ShouldBeFalse($"It was given up: {storing.Exception}");
        gate.Open();

        (await storing).Single().Path.ShouldBe("b-1/item-1.png");
        (await store.FindAsync(Place, 7, Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task CommitAsync_ConnectionsResetAsTheyAreMade_StoresTheImage()
    {
        var resets = 0;
        var client = FaultyAzureImageStoreTests.Client(
            azurite.ConnectionString, (request, _) => request <= 2 && Interlocked.Increment(ref resets) > 0 ? Fault.Reset : Fault.None, "patience",
            new AzurePatience(TimeSpan.FromMinutes(10), TimeProvider.System, NullLogger.Instance));
        await using var sink = new AzureImageStore(client).OpenSink(new AttemptPlace("b-2", "item", 1, "png"));
        await WriteAsync(sink);

        (await sink.CommitAsync(new OutputMetadata(7, null, 1, null), Cancel)).Single().Path.ShouldBe("b-2/item-1.png");

        resets.ShouldBe(2);
    }

    [Fact]
    public async Task CommitAsync_StorageStaysAway_IsGivenUpWhenTheTimeIsOver()
    {
        await using var gate = new TcpGate(1, open: false);
        await using var sink = Store(gate.Port, TimeSpan.Zero).OpenSink(Place);
        await WriteAsync(sink);

        await Should.ThrowAsync<ImageStoreException>(() => sink.CommitAsync(new OutputMetadata(7, null, 1, null), Cancel));

        gate.Refused.ShouldBe(1);
    }

    [Fact]
    public async Task CheckAsync_StorageAway_AnswersWithoutThatPatience()
    {
        await using var gate = new TcpGate(1, open: false);
        var options = new AzureStorageOptions { Container = "patience", Patience = TimeSpan.FromHours(1) };
        var store = new AzureImageStore(
            Client(gate.Port, options), keepPartials: false, options,
            new BlobContainerClient(AzuriteServer.ConnectionStringFor(gate.Port), options.Container, new() { Retry = { MaxRetries = 0 } }));

        await Should.ThrowAsync<ImageStoreException>(() => store.CheckAsync(Cancel));

        gate.Refused.ShouldBe(1);
    }

    private static AzureImageStore Store(int port, TimeSpan patience) =>
        new(Client(port, new AzureStorageOptions { Container = "patience", Patience = patience }));

    private static async Task WriteAsync(IOutputSink sink)
    {
        await using var image = await sink.OpenAsync(0, Cancel);
        await image.WriteAsync(Pictures.Png(3, 4, 100), Cancel);
    }

    private static BlobContainerClient Client(int port, AzureStorageOptions options)
    {
        options.ConnectionString = AzuriteServer.ConnectionStringFor(port);
        return AzureClients.Create(options, identity: null, patience: new AzurePatience(options.Patience, TimeProvider.System, NullLogger.Instance));
    }
}
