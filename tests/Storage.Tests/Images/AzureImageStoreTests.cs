using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Images;

namespace Darkroom.Storage.Tests.Images;

public sealed class AzureImageStoreTests : ImageStoreContract, IClassFixture<AzuriteFixture>
{
    private readonly BlobContainerClient _container;

    public AzureImageStoreTests(AzuriteFixture azurite) => _container = new BlobContainerClient(azurite.ConnectionString, "contract");

    protected override IImageStore Store => new AzureImageStore(_container);

    protected override IImageStore Keeping => new AzureImageStore(_container, keepPartials: true);

    // Nobody listens on port 1 of loopback.
    protected override IImageStore Failing => new AzureImageStore(new BlobContainerClient(
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:1/a;", "images",
        new BlobClientOptions { Retry = { MaxRetries = 1, Delay = TimeSpan.FromMilliseconds(1), Mode = RetryMode.Fixed } }));

    [Fact]
    public async Task CommitAsync_Blob_CarriesTheseNamesAndTheContentType()
    {
        await StoreAsync(Place(), new OutputMetadata(7, """{"a": 1}""", 1, "req_1"), Pictures.Png(3, 4, 100));

        var properties = (await _container.GetBlobClient(Place().PathOf(0)).GetPropertiesAsync(cancellationToken: Cancel)).Value;
        properties.ContentType.ShouldBe("image/png");
        properties.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}").ShouldBe(
        [
            "attempt=7", "format=png", "height=4", "images=1", "index=0", "request=req_1",
            $"sha256={Hash(Pictures.Png(3, 4, 100))}", "usage=eyJhIjogMX0=", "width=3",
        ]);
    }

    [Fact]
    public async Task CommitAsync_StagedBlocks_CarryTheContentTypeAsWell()
    {
        await StoreAsync(Place(), Metadata(7, 1), Pictures.Png(3, 4, 9_000_000));

        var properties = (await _container.GetBlobClient(Place().PathOf(0)).GetPropertiesAsync(cancellationToken: Cancel)).Value;
        properties.ContentType.ShouldBe("image/png");
        properties.Metadata["attempt"].ShouldBe("7");
    }

    [Fact]
    public async Task CommitAsync_UsageLongerThanMetadataMayBe_KeepsTheImageWithoutIt()
    {
        var usage = $$"""{"note":"{{new string('x', 5000)}}"}""";
        var stored = await StoreAsync(Place(), new OutputMetadata(7, usage, 1, "req_1"), Pictures.Png(3, 4, 100));

        var found = (await Store.FindAsync(Place(), 7, Cancel)).ShouldNotBeNull();
        found.Images.ShouldBe(stored);
        found.Metadata.ShouldBe(new OutputMetadata(7, null, 1, "req_1"));
    }

    [Fact]
    public async Task CommitAsync_ContainerNotThere_MakesIt()
    {
        var fresh = _container.GetParentBlobServiceClient().GetBlobContainerClient(Batch);
        var store = new AzureImageStore(fresh);
        (await store.FindAsync(Place(), 7, Cancel)).ShouldBeNull();
        (await store.OpenReadAsync(Place().PathOf(0), Cancel)).ShouldBeNull();

        await using var sink = store.OpenSink(Place());
        await WriteAsync(sink, 0, Pictures.Png(3, 4, 9_000_000));
        var stored = await sink.CommitAsync(Metadata(7, 1), Cancel);

        (await store.FindAsync(Place(), 7, Cancel)).ShouldNotBeNull().Images.ShouldBe(stored);
    }

    [Fact]
    public async Task CommitAsync_BlobWithoutMetadataInThePlace_ThrowsAndLeavesIt()
    {
        await _container.CreateIfNotExistsAsync(cancellationToken: Cancel);
        await _container.UploadBlobAsync(Place().PathOf(0), BinaryData.FromString("mine"), Cancel);

        var refusal = await Should.ThrowAsync<ImageStoreException>(() => StoreAsync(Place(), Metadata(7, 1), Pictures.Png(3, 4, 100)));

        refusal.Message.ShouldBe($"{Place().PathOf(0)} is taken: it belongs to no attempt that the store knows of.");
        (await ReadAsync(Place().PathOf(0))).ShouldBe("mine"u8.ToArray());
    }

    [Fact]
    public async Task CommitAsync_AnotherCommitsWhileBlocksAreStaged_Throws()
    {
        await using var late = Store.OpenSink(Place());
        await WriteAsync(late, 0, Pictures.Png(3, 4, 9_000_000));
        await StoreAsync(Place(), Metadata(7, 1), Pictures.Png(1, 2, 9_000_000));

        var refusal = await Should.ThrowAsync<ImageStoreException>(() => late.CommitAsync(Metadata(8, 1), Cancel));

        refusal.Message.ShouldBe($"{Place().PathOf(0)} is taken: it belongs to attempt 7.");
    }

    [Fact]
    public async Task CheckAsync_WrongKey_SaysThatAccessIsRefusedAndNotTheKey()
    {
        var wrong = new BlobContainerClient(
            $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=c2VjcmV0;BlobEndpoint={_container.GetParentBlobServiceClient().Uri};", "contract");

        var refusal = await Should.ThrowAsync<ImageStoreException>(() => new AzureImageStore(wrong).CheckAsync(Cancel));

        refusal.Message.ShouldContain("access refused (403 AuthorizationFailure)");
        refusal.Message.ShouldNotContain("c2VjcmV0");
    }

    [Fact]
    public async Task WriteAsync_Canceled_IsACancellationAndNotAFailure()
    {
        using var canceled = new CancellationTokenSource();
        await using var sink = Store.OpenSink(Place());
        await using var stream = await sink.OpenAsync(0, Cancel);
        await canceled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => stream.WriteAsync(new byte[5_000_000], canceled.Token).AsTask());
    }

    [Fact]
    public void Location_SharedAccessSignature_IsLeftOut() =>
        new AzureImageStore("BlobEndpoint=http://127.0.0.1:1/a;SharedAccessSignature=sv=2023&sig=secret", "images").Location.ShouldBe("http://127.0.0.1:1/a/images");

    protected override async Task<IReadOnlyList<string>> VisibleAsync()
    {
        var paths = new List<string>();
        if (!await _container.ExistsAsync(Cancel)) return paths;
        await foreach (BlobItem blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{Batch}/", Cancel)) paths.Add(blob.Name);
        return paths;
    }

    protected override Task RemoveAsync(string path) => _container.DeleteBlobAsync(path, cancellationToken: Cancel);
}
