using Azure;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Images;
using Darkroom.Testing.Azurite;

namespace Darkroom.Storage.Tests.Images;

/// <summary>Faults that don't pass in time: whatever befalls the upload, nothing half-written is visible, and the place is free for the next try.</summary>
public sealed class AzureFaultTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    // Two blocks and a rest: stage, stage, stage, commit.
    private static readonly byte[] Large = Pictures.Png(30, 40, 9_000_000);
    private static readonly byte[] Small = Pictures.Png(3, 4, 70_000);

    private readonly AttemptPlace _place = new("b" + Guid.NewGuid().ToString("N"), "mugs/SKU-1", 1, "png");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private BlobContainerClient Plain => new(azurite.ConnectionString, "faults");

    public static TheoryData<string, bool> Lasting => new MatrixTheoryData<string, bool>([nameof(Fault.Busy), nameof(Fault.Timeout), nameof(Fault.Conflict), nameof(Fault.Precondition)], [false, true]);

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task CommitAsync_FaultThatLasts_ReportsItAndNothingIsVisible(string fault, bool large)
    {
        var kind = Enum.Parse<Fault>(fault);
        // Staged blocks go through; what makes the image visible doesn't.
        var faulty = Store((_, request) => IsPublication(request) ? kind : Fault.None);
        await using (var sink = await FilledAsync(faulty, large ? Large : Small))
        {
            await Should.ThrowAsync<ImageStoreException>(() => sink.CommitAsync(Metadata(7), Cancel));
            (await VisibleAsync()).ShouldBeEmpty();
        }

        await CommitsOnAsync(Store((_, _) => Fault.None), large ? Large : Small);
    }

    [Theory]
    [InlineData(nameof(Fault.Busy))]
    [InlineData(nameof(Fault.Timeout))]
    [InlineData(nameof(Fault.AnswerLost))]
    public async Task WriteAsync_BlocksCannotBeStaged_ReportsItAndNothingIsVisible(string fault)
    {
        var kind = Enum.Parse<Fault>(fault);
        var faulty = Store((_, request) => request.Uri.Query.Contains("comp=block", StringComparison.Ordinal) ? kind : Fault.None);
        await using var sink = faulty.OpenSink(_place);
        await using (var stream = await sink.OpenAsync(0, Cancel))
            await Should.ThrowAsync<ImageStoreException>(async () => await stream.WriteAsync(Large, Cancel));

        (await VisibleAsync()).ShouldBeEmpty();
        // An image that isn't whole can't be committed by mistake.
        await Should.ThrowAsync<InvalidOperationException>(() => sink.CommitAsync(Metadata(7), Cancel));
        (await VisibleAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CommitAsync_EveryAnswerLost_ReportsItAndTheNextTryAdoptsWhatIsThere(bool large)
    {
        // The service did it and nobody heard: the outcome is unknown to the sink, and known to whoever looks. That the container is missing would be unheard, too.
        await Plain.CreateIfNotExistsAsync(cancellationToken: Cancel);
        var deaf = Store((_, request) => IsPublication(request) || request.Method == RequestMethod.Head ? Fault.AnswerLost : Fault.None);
        await using var sink = await FilledAsync(deaf, large ? Large : Small);

        await Should.ThrowAsync<ImageStoreException>(() => sink.CommitAsync(Metadata(7), Cancel));

        var store = Store((_, _) => Fault.None);
        var adopted = (await store.FindAsync(_place, 7, Cancel)).ShouldNotBeNull();
        adopted.Images.Single().Bytes.ShouldBe((large ? Large : Small).Length);
        (await CommitsOnAsync(store, large ? Large : Small)).ShouldBe(adopted.Images);
    }

    [Fact]
    public async Task CommitAsync_ConnectionCutInMidUpload_SucceedsByRepeating()
    {
        await using var proxy = new CuttingProxy(azurite.Server.AccountUri.Port);
        var store = new AzureImageStore(Through(proxy, retries: 5));
        await CommitsOnAsync(store, Small, new AttemptPlace(_place.BatchId, "first", 1, "png"));
        proxy.Cut(afterBytes: 2_000_000, times: 2);

        await CommitsOnAsync(store, Large);

        proxy.Cuts.ShouldBe(2);
        (await VisibleAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task WriteAsync_ConnectionCutEveryTime_ReportsItAndNothingIsVisible()
    {
        await using var proxy = new CuttingProxy(azurite.Server.AccountUri.Port);
        proxy.Cut(afterBytes: 1_000_000, times: int.MaxValue);
        var store = new AzureImageStore(Through(proxy, retries: 2));
        await using var sink = store.OpenSink(_place);
        await using (var stream = await sink.OpenAsync(0, Cancel))
            await Should.ThrowAsync<ImageStoreException>(async () => await stream.WriteAsync(Large, Cancel));

        (await VisibleAsync()).ShouldBeEmpty();
        proxy.Cuts.ShouldBeGreaterThanOrEqualTo(3);
        await CommitsOnAsync(Store((_, _) => Fault.None), Large);
    }

    [Fact]
    public async Task CommitAsync_SignatureEndsInMidUpload_SaysThatAccessIsRefusedAndNothingIsVisible()
    {
        await Plain.CreateIfNotExistsAsync(cancellationToken: Cancel);
        var (good, ended) = (Signature(TimeSpan.FromHours(1)), Signature(TimeSpan.FromHours(-1)));
        var credential = new AzureSasCredential(good);
        var store = new AzureImageStore(new BlobContainerClient(Plain.Uri, credential));
        await using (var sink = await FilledAsync(store, Large))
        {
            credential.Update(ended);
            var refusal = await Should.ThrowAsync<ImageStoreException>(() => sink.CommitAsync(Metadata(7), Cancel));
            refusal.Message.ShouldContain("access refused (403 ");
            refusal.Message.ShouldNotContain("sig=");
            (await VisibleAsync()).ShouldBeEmpty();

            // Renewed, the very same sink goes on: no byte has to be paid for again.
            credential.Update(good);
            (await sink.CommitAsync(Metadata(7), Cancel)).Single().Bytes.ShouldBe(Large.Length);
        }

        (await VisibleAsync()).ShouldBe([_place.PathOf(0)]);
    }

    [Fact]
    public async Task CommitAsync_SecondImageRefused_FirstStaysInvisible()
    {
        // Images become visible from last to first; recovery goes by the first.
        var store = Store((_, request) => IsPublication(request) && request.Uri.Path.EndsWith("-1.png", StringComparison.Ordinal) ? Fault.Busy : Fault.None);
        await using var sink = store.OpenSink(_place);
        await WriteAsync(sink, 0, Small);
        await WriteAsync(sink, 1, Small);

        await Should.ThrowAsync<ImageStoreException>(() => sink.CommitAsync(Metadata(7, images: 2), Cancel));

        (await VisibleAsync()).ShouldBe([_place.PathOf(1)]);
        (await Store((_, _) => Fault.None).FindAsync(_place, 7, Cancel)).ShouldBeNull();
    }

    private static OutputMetadata Metadata(long attempt, int images = 1) => new(attempt, """{"total_tokens":1}""", images, "req_1");

    private static bool IsPublication(Request request) =>
        request.Method == RequestMethod.Put && !request.Uri.Query.Contains("comp=block&", StringComparison.Ordinal) && !request.Uri.Query.Contains("restype=container", StringComparison.Ordinal);

    private static async Task WriteAsync(IOutputSink sink, int index, byte[] picture)
    {
        await using var stream = await sink.OpenAsync(index, Cancel);
        await stream.WriteAsync(picture, Cancel);
    }

    private async Task<IOutputSink> FilledAsync(IImageStore store, byte[] picture)
    {
        var sink = store.OpenSink(_place);
        await WriteAsync(sink, 0, picture);
        return sink;
    }

    private async Task<IReadOnlyList<StoredImage>> CommitsOnAsync(IImageStore store, byte[] picture, AttemptPlace? place = null)
    {
        await using var sink = store.OpenSink(place ?? _place);
        await WriteAsync(sink, 0, picture);
        var stored = await sink.CommitAsync(Metadata(7), Cancel);
        await using var back = (await store.OpenReadAsync(stored[0].Path, Cancel)).ShouldNotBeNull();
        using var copy = new MemoryStream();
        await back.CopyToAsync(copy, Cancel);
        copy.ToArray().AsSpan().SequenceEqual(picture).ShouldBeTrue();
        return stored;
    }

    private AzureImageStore Store(Func<int, Request, Fault> plan) => new(FaultyAzureImageStoreTests.Client(azurite.ConnectionString, plan, "faults"));

    private string Signature(TimeSpan untilItEnds) => Plain.GenerateSasUri(
        new BlobSasBuilder(BlobContainerSasPermissions.All, DateTimeOffset.UtcNow + untilItEnds) { BlobContainerName = Plain.Name, StartsOn = DateTimeOffset.UtcNow.AddDays(-2) }).Query.TrimStart('?');

    private static BlobContainerClient Through(CuttingProxy proxy, int retries) => new(
        AzuriteServer.ConnectionStringAt(new Uri($"http://127.0.0.1:{proxy.Port}/devstoreaccount1")), "faults",
        new BlobClientOptions { Retry = { MaxRetries = retries, Delay = TimeSpan.FromMilliseconds(1), Mode = RetryMode.Fixed } });

    private async Task<List<string>> VisibleAsync()
    {
        var paths = new List<string>();
        if (!await Plain.ExistsAsync(Cancel)) return paths;
        await foreach (var blob in Plain.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{_place.BatchId}/", Cancel)) paths.Add(blob.Name);
        return paths;
    }
}
