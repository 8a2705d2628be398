using System.Net;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Images;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Storage.Tests.Images;

public sealed class AzureOutputFilesTests(AzuriteFixture azurite) : OutputFilesContract, IClassFixture<AzuriteFixture>
{
    private readonly BlobContainerClient _container = new(azurite.ConnectionString, "files");

    protected override IImageStore Images => new AzureImageStore(_container);

    protected override IOutputFiles Files => new AzureOutputFiles(_container, new AzureStorageOptions(), TimeProvider.System);

    [Fact]
    public async Task WriteAsync_ContainerNotThere_MakesIt()
    {
        var fresh = new BlobContainerClient(azurite.ConnectionString, Batch);
        var files = new AzureOutputFiles(fresh, new AzureStorageOptions(), TimeProvider.System);
        (await files.ListAsync($"{Batch}/", Cancel).ToListAsync(Cancel)).ShouldBeEmpty();
        (await files.DeleteAsync($"{Batch}/x.csv", Cancel)).ShouldBeFalse();

        await files.WriteAsync($"{Batch}/x.csv", "text/csv", (stream, cancel) => stream.WriteAsync("abc"u8.ToArray(), cancel).AsTask(), Cancel);

        var properties = (await fresh.GetBlobClient($"{Batch}/x.csv").GetPropertiesAsync(cancellationToken: Cancel)).Value;
        (properties.ContentLength, properties.ContentType, properties.CacheControl).ShouldBe((3, "text/csv", "no-cache"));
    }

    [Fact]
    public async Task WriteAsync_ContainerMustNotBeMade_SaysSo()
    {
        var files = new AzureOutputFiles(new BlobContainerClient(azurite.ConnectionString, Batch), new AzureStorageOptions { CreateContainer = false }, TimeProvider.System);

        (await Should.ThrowAsync<ImageStoreException>(() => files.WriteAsync($"{Batch}/x.csv", "text/csv", (_, _) => Task.CompletedTask, Cancel)))
            .Message.ShouldContain("its container isn't there, and Storage:Azure:CreateContainer is false, so it isn't made.");
    }

    [Fact]
    public async Task LinkTo_ByKey_OpensThisImageForReadingAlone()
    {
        await WriteAsync($"{Batch}/a b#1-1.png", "mine");
        var links = await Files.OpenLinksAsync(TimeSpan.FromHours(1), Cancel);
        var link = links.LinkTo($"{Batch}/a b#1-1.png");
        using var anybody = new HttpClient();

        (await anybody.GetStringAsync(link, Cancel)).ShouldBe("mine");
        (await anybody.DeleteAsync(link, Cancel)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await anybody.GetAsync(new Uri(link.AbsoluteUri.Replace("1-1.png", "1-2.png", StringComparison.Ordinal)), Cancel)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        links.ExpiresAt.ShouldNotBeNull().ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(50), DateTimeOffset.UtcNow.AddMinutes(60));
    }

    [Fact]
    public async Task LinkTo_AfterItsTime_OpensNothing()
    {
        await WriteAsync($"{Batch}/a-1.png", "mine");
        var yesterday = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(-1));
        var link = (await new AzureOutputFiles(_container, new AzureStorageOptions(), yesterday).OpenLinksAsync(TimeSpan.FromHours(1), Cancel)).LinkTo($"{Batch}/a-1.png");
        using var anybody = new HttpClient();

        (await anybody.GetAsync(link, Cancel)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task OpenLinksAsync_StoreEnteredWithASignature_SaysThatItCannot()
    {
        await _container.CreateIfNotExistsAsync(cancellationToken: Cancel);
        var address = _container.GenerateSasUri(BlobContainerSasPermissions.All, DateTimeOffset.UtcNow.AddHours(1));
        var options = new AzureStorageOptions { ContainerUri = address.AbsoluteUri };
        var files = new AzureOutputFiles(AzureClients.Create(options, identity: null), options, TimeProvider.System);

        await files.WriteAsync($"{Batch}/a.txt", "text/plain", (stream, cancel) => stream.WriteAsync("abc"u8.ToArray(), cancel).AsTask(), Cancel);
        var refusal = await Should.ThrowAsync<ImageStoreException>(() => files.OpenLinksAsync(TimeSpan.FromHours(1), Cancel));

        refusal.Message.ShouldStartWith("The store is entered with a shared access signature, which can't sign links");
        (await ListAsync($"{Batch}/")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Create_SignatureInAFile_IsReadAgainWhenTheFileChanges()
    {
        await _container.CreateIfNotExistsAsync(cancellationToken: Cancel);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Signature(-1), Cancel);
            var options = new AzureStorageOptions { AccountUri = azurite.Server.AccountUri.ToString(), SasTokenFile = file, Container = _container.Name, MaxRetries = 0 };
            var store = new AzureImageStore(AzureClients.Create(options, identity: null));
            (await Should.ThrowAsync<ImageStoreException>(() => store.CheckAsync(Cancel))).Message.ShouldContain("access refused (403 ");

            await File.WriteAllTextAsync(file, "?" + Signature(1) + "\n", Cancel);
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddYears(50));
            await store.CheckAsync(Cancel);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task CommitAsync_Image_GetsTierAndCacheControl()
    {
        var store = new AzureImageStore(_container, options: new AzureStorageOptions { AccessTier = "cool", CacheControl = "private" });
        foreach (var (name, bytes) in new[] { ("small", 100), ("large", 9_000_000) })
        {
            var place = new AttemptPlace(Batch, name, 1, "png");
            await using var sink = store.OpenSink(place);
            await using (var stream = await sink.OpenAsync(0, Cancel)) await stream.WriteAsync(Pictures.Png(3, 4, bytes), Cancel);
            await sink.CommitAsync(new OutputMetadata(7, null, 1, null), Cancel);

            var properties = (await _container.GetBlobClient(place.PathOf(0)).GetPropertiesAsync(cancellationToken: Cancel)).Value;
            (properties.AccessTier, properties.CacheControl, properties.ContentType).ShouldBe(("Cool", "private", "image/png"));
        }
    }

    private string Signature(int hours) => _container.GenerateSasUri(
        new BlobSasBuilder(BlobContainerSasPermissions.All, DateTimeOffset.UtcNow.AddHours(hours)) { BlobContainerName = _container.Name, StartsOn = DateTimeOffset.UtcNow.AddDays(-2) }).Query.TrimStart('?');
}
