using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Darkroom.Jobs.Sources;
using Darkroom.Storage.Sources;
using Darkroom.Storage.Tests.Images;

namespace Darkroom.Storage.Tests.Sources;

/// <summary>Source blobs of a real Azurite, over its loopback address: the account that is configured is trusted, and no other host is.</summary>
public sealed class AzureBlobSourcesTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly DownloadBounds Bounds = new(1_000_000, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5), 0);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain.png", "plain.png")]
    [InlineData("a/b c/ü.png", "a/b%20c/%C3%BC.png")]
    public async Task GetAsync_Blob_ComesWithTheTagThatHeadTells(string name, string written)
    {
        var bytes = await PutAsync(name, 300_000);
        var (sources, target) = (Sources(), new Target());
        var address = new Uri($"az://shop/sources/{written}");
        sources.Owns(address).ShouldBeTrue();
        var (tag, fault) = await sources.GetAsync(address, Bounds, target, Cancel);
        fault.ShouldBeNull();
        target.Bytes.ToArray().ShouldBe(bytes);
        tag.ShouldNotBeNull().ShouldStartWith("\"0x");
        (await sources.HeadAsync(address, Bounds, Cancel)).ShouldBe((tag, null));
        await PutAsync(name, 10);
        (await sources.HeadAsync(address, Bounds, Cancel)).ETag.ShouldNotBe(tag);
    }

    [Fact]
    public async Task GetAsync_HttpsAddressOfAConfiguredAccount_IsReadWithItsRight()
    {
        await PutAsync("https.png", 10);
        var address = new Uri("https://shop.blob.core.windows.net/sources/https.png");
        var sources = Sources();
        sources.Owns(address).ShouldBeTrue();
        sources.Owns(new Uri($"{address}?sv=1&sig=x")).ShouldBeFalse("it brings its own right");
        sources.Owns(new Uri("https://other.blob.core.windows.net/sources/https.png")).ShouldBeFalse("it may be public");
        (await sources.GetAsync(address, Bounds, new Target(), Cancel)).Fault.ShouldBeNull();
    }

    [Fact]
    public async Task GetAsync_TooLarge_IsRefusedUnread()
    {
        await PutAsync("large.png", 1_000_000);
        var target = new Target();
        (await Sources().GetAsync(new Uri("az://shop/sources/large.png"), Bounds, target, Cancel)).Fault!.Code.ShouldBe(DownloadFault.TooLarge);
        target.Bytes.Length.ShouldBe(0);
    }

    [Theory]
    [InlineData("az://shop/sources/missing.png", "answers with HTTP 404 (BlobNotFound)")]
    [InlineData("az://shop/nowhere/missing.png", "answers with HTTP 404 (ContainerNotFound)")]
    public async Task GetAsync_NothingThere_IsAFault(string address, string message)
    {
        await PutAsync("any.png", 10);
        (await Sources().GetAsync(new Uri(address), Bounds, new Target(), Cancel)).Fault.ShouldBe(new DownloadFault(DownloadFault.NotFetched, message));
    }

    [Fact]
    public async Task GetAsync_AccountThatIsNotConfigured_IsRefusedWithoutAskingAnybody()
    {
        var fault = (await Sources().GetAsync(new Uri("az://other/sources/a.png"), Bounds, new Target(), Cancel)).Fault;
        fault.ShouldNotBeNull().ShouldSatisfyAllConditions(f => f.Code.ShouldBe(DownloadFault.Refused), f => f.Message.ShouldContain("Sources:Azure:other"));
    }

    [Fact]
    public async Task GetAsync_SignatureThatHasExpired_IsAFaultWithoutTheSignature()
    {
        await PutAsync("sas.png", 10);
        var container = new BlobContainerClient(azurite.ConnectionString, "sources");
        var endpoint = new BlobServiceClient(azurite.ConnectionString).Uri;
        var good = container.GenerateSasUri(BlobContainerSasPermissions.Read, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero)).Query.TrimStart('?');
        var old = container.GenerateSasUri(BlobContainerSasPermissions.Read, new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero)).Query.TrimStart('?');

        (await Sources($"BlobEndpoint={endpoint};SharedAccessSignature={good}").GetAsync(new Uri("az://shop/sources/sas.png"), Bounds, new Target(), Cancel)).Fault.ShouldBeNull();
        var fault = (await Sources($"BlobEndpoint={endpoint};SharedAccessSignature={old}").GetAsync(new Uri("az://shop/sources/sas.png"), Bounds, new Target(), Cancel)).Fault;
        fault.ShouldNotBeNull().Message.ShouldStartWith("answers with HTTP 403");
        fault.Message.ShouldNotContain("sig");
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task GetAsync_AccountByIdentity_AsksForItsTokenAndAFailureIsAFault(bool isRefused, bool asks)
    {
        // No Azurite has an account's own address, so what is seen here is that the token is asked for, before anybody is connected to.
        var credential = new MadeUpCredential { IsRefused = isRefused };
        var options = new SourcesOptions();
        options.Azure["shop"] = new AzureAccountOptions { UseIdentity = true };
        var sources = new AzureBlobSources(options, new Nowhere(), TimeProvider.System, () => credential);

        var (tag, fault) = await sources.GetAsync(new Uri("az://shop/sources/a.png"), Bounds, new Target(), Cancel);

        (tag, fault.ShouldNotBeNull().MayPass).ShouldBe((null, true));
        credential.Scopes.Contains("https://storage.azure.com/.default").ShouldBe(asks);
    }

    [Fact]
    public async Task GetAsync_AccountBySignature_AsksNoIdentityAndConnectsToTheAccountAlone()
    {
        var options = new SourcesOptions();
        options.Azure["shop"] = new AzureAccountOptions { Sas = "sv=2024-11-04&sig=planted" };
        var nowhere = new Nowhere();
        var sources = new AzureBlobSources(options, nowhere, TimeProvider.System, () => throw new InvalidOperationException("No identity is asked for."));

        var fault = (await sources.GetAsync(new Uri("az://shop/sources/a.png"), Bounds, new Target(), Cancel)).Fault;

        fault.ShouldNotBeNull().Message.ShouldNotContain("planted");
        nowhere.Asked.Distinct(StringComparer.Ordinal).ShouldBe(["shop.blob.core.windows.net"]);
    }

    [Fact]
    public async Task GetAsync_ServerOutOfReach_MayPass()
    {
        var fault = (await Sources("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:1/a;")
            .GetAsync(new Uri("az://shop/sources/a.png"), Bounds, new Target(), Cancel)).Fault;
        fault.ShouldNotBeNull().MayPass.ShouldBeTrue();
    }

    private AzureBlobSources Sources(string? connection = null)
    {
        var options = new SourcesOptions();
        options.Azure["shop"] = new AzureAccountOptions { ConnectionString = connection ?? azurite.ConnectionString };
        return new AzureBlobSources(options, new DnsHostResolver(), TimeProvider.System, () => throw new InvalidOperationException("No identity is asked for."));
    }

    private async Task<byte[]> PutAsync(string name, int length)
    {
        var container = new BlobContainerClient(azurite.ConnectionString, "sources");
        await container.CreateIfNotExistsAsync(cancellationToken: Cancel);
        var bytes = new byte[length];
        bytes[0] = 0x89;
        await container.GetBlobClient(name).UploadAsync(new BinaryData(bytes), overwrite: true, Cancel);
        return bytes;
    }

    /// <summary>Knows no host.</summary>
    private sealed class Nowhere : IHostResolver
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Asked { get; } = [];

        public Task<IReadOnlyList<System.Net.IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            Asked.Enqueue(host);
            return Task.FromResult<IReadOnlyList<System.Net.IPAddress>>([]);
        }
    }

    private sealed class Target : IDownloadTarget
    {
        public MemoryStream Bytes { get; } = new();

        public ValueTask<DownloadFault?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Bytes.Write(bytes.Span);
            return ValueTask.FromResult<DownloadFault?>(null);
        }
    }
}
