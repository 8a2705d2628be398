using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Images;

namespace Darkroom.Storage.Tests.Images;

/// <summary>The store entered with tokens of Entra ID, against an Azurite that takes them.</summary>
public sealed class AzureIdentityTests(AzuriteIdentityFixture azurite) : IClassFixture<AzuriteIdentityFixture>
{
    private readonly AttemptPlace _place = new("b" + Guid.NewGuid().ToString("N"), "mug 1", 1, "png");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CommitAsync_ByIdentity_StoresAndFindsTheImage()
    {
        var credential = new MadeUpCredential();
        var store = new AzureImageStore(Client(credential));

        var stored = await StoreAsync(store);

        (await store.FindAsync(_place, 7, Cancel)).ShouldNotBeNull().Images.ShouldBe(stored);
        credential.Scopes.ShouldContain("https://storage.azure.com/.default");
    }

    [Fact]
    public async Task OpenLinksAsync_ByIdentity_SignsWithAUserDelegationKeyForAsLongAsWasAsked()
    {
        var client = Client(new MadeUpCredential());
        var stored = await StoreAsync(new AzureImageStore(client));

        var links = await new AzureOutputFiles(client, new AzureStorageOptions(), TimeProvider.System).OpenLinksAsync(TimeSpan.FromHours(2), Cancel);

        var link = links.LinkTo(stored[0].Path);
        links.ExpiresAt.ShouldNotBeNull().ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(115), DateTimeOffset.UtcNow.AddMinutes(120));
        foreach (var part in new[] { "skoid=", "sktid=", "sp=r&", "sr=b", "spr=https", "sig=" }) link.Query.ShouldContain(part);
        using var anybody = azurite.CreateClient();
        (await anybody.GetByteArrayAsync(link, Cancel)).ShouldBe(Pictures.Png(3, 4, 100));
    }

    [Fact]
    public async Task OpenLinksAsync_LongerThanAnIdentityMaySign_SaysSo()
    {
        var files = new AzureOutputFiles(Client(new MadeUpCredential()), new AzureStorageOptions(), TimeProvider.System);

        (await Should.ThrowAsync<ImageStoreException>(() => files.OpenLinksAsync(TimeSpan.FromDays(8), Cancel)))
            .Message.ShouldBe("Links that an identity signs are good for at most 7 days.");
    }

    [Fact]
    public async Task CheckAsync_NoToken_SaysSoAsTheStoresFailure()
    {
        var store = new AzureImageStore(Client(new MadeUpCredential { IsRefused = true }));

        (await Should.ThrowAsync<ImageStoreException>(() => store.CheckAsync(Cancel))).Message.ShouldContain("Entra ID gave no token (Nobody is signed in.)");
    }

    private BlobContainerClient Client(TokenCredential credential) => AzureClients.Create(
        new AzureStorageOptions { AccountUri = azurite.AccountUri.ToString(), Container = "identity" }, credential, new HttpClientTransport(azurite.CreateClient()));

    private async Task<IReadOnlyList<StoredImage>> StoreAsync(AzureImageStore store)
    {
        await using var sink = store.OpenSink(_place);
        await using (var stream = await sink.OpenAsync(0, Cancel)) await stream.WriteAsync(Pictures.Png(3, 4, 100), Cancel);
        return await sink.CommitAsync(new OutputMetadata(7, null, 1, null), Cancel);
    }
}
