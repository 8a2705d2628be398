using Darkroom.Storage.Images;

namespace Darkroom.Storage.Tests.Images;

public sealed class AzureStorageOptionsTests
{
    private const string Account = "https://shop.blob.core.windows.net";
    private const string Signed = $"{Account}/pictures?sv=2024-11-04&sig=planted";
    private const string Key = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net";

    [Fact]
    public void Defaults_Unset_AreThese()
    {
        var options = new AzureStorageOptions();

        (options.ConnectionString, options.ContainerUri, options.AccountUri, options.SasToken, options.SasTokenFile, options.ManagedIdentityClientId, options.AccessTier)
            .ShouldBe((null, null, null, null, null, null, null));
        (options.Container, options.CreateContainer, options.CacheControl).ShouldBe(("darkroom", true, "private, max-age=31536000, immutable"));
        (options.MaxRetries, options.RetryDelay, options.NetworkTimeout).ShouldBe((5, TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(100)));
        options.IsUsed.ShouldBeFalse();
        Problems(options).ShouldBeEmpty();
    }

    [Fact]
    public void FindProblems_EachWayInByItself_IsFine()
    {
        Problems(new() { ConnectionString = Key }).ShouldBeEmpty();
        Problems(new() { ContainerUri = Signed }).ShouldBeEmpty();
        Problems(new() { ContainerUri = Signed, Container = "pictures" }).ShouldBeEmpty();
        Problems(new() { ContainerUri = "http://127.0.0.1:10000/devstoreaccount1/pictures?sig=planted", Container = "pictures" }).ShouldBeEmpty();
        Problems(new() { AccountUri = Account }).ShouldBeEmpty();
        Problems(new() { AccountUri = Account, ManagedIdentityClientId = "id" }).ShouldBeEmpty();
        Problems(new() { AccountUri = Account, SasToken = "?sv=1&sig=planted", AccessTier = "cold" }).ShouldBeEmpty();
        Problems(new() { AccountUri = Account, SasTokenFile = typeof(AzureStorageOptionsTests).Assembly.Location }).ShouldBeEmpty();
    }

    public static TheoryData<AzureStorageOptions, string> Faults => new()
    {
        { new() { ConnectionString = Key, AccountUri = Account }, "Storage:Azure:ConnectionString and Storage:Azure:AccountUri are given; they are different ways into the store, so keep one." },
        { new() { ConnectionString = Key, SasToken = "sig=planted" }, "Storage:Azure:SasToken goes with Storage:Azure:AccountUri, which isn't given." },
        { new() { ManagedIdentityClientId = "id" }, "Storage:Azure:ManagedIdentityClientId goes with Storage:Azure:AccountUri, which isn't given." },
        { new() { AccountUri = Account, SasToken = "sig=planted", ManagedIdentityClientId = "id" }, "Storage:Azure:ManagedIdentityClientId and a shared access signature are given; keep one." },
        { new() { AccountUri = Account, SasToken = "planted" }, "Storage:Azure:SasToken is no shared access signature: it has no sig= (its text isn't shown here)." },
        { new() { AccountUri = Account, SasTokenFile = "/no/such/file" }, "Storage:Azure:SasTokenFile is '/no/such/file', which isn't a file." },
        { new() { AccountUri = $"{Account}?sig=planted" }, "Storage:Azure:AccountUri has a query; a shared access signature goes into Storage:Azure:SasToken." },
        { new() { AccountUri = "http://shop.blob.core.windows.net" }, "Storage:Azure:AccountUri has to begin with https://." },
        { new() { AccountUri = "shop?sig=planted" }, "Storage:Azure:AccountUri is no address (its text isn't shown here: it may hold a signature)." },
        { new() { ContainerUri = $"{Account}/pictures" }, "Storage:Azure:ContainerUri has no shared access signature; to enter with an identity, give Storage:Azure:AccountUri and Storage:Azure:Container." },
        { new() { ContainerUri = $"{Account}?sig=planted" }, "Storage:Azure:ContainerUri names no container; it is written https://ACCOUNT.blob.core.windows.net/CONTAINER?sv=…&sig=…." },
        { new() { ContainerUri = Signed, Container = "others" }, "Storage:Azure:Container is 'others' and Storage:Azure:ContainerUri is of 'pictures'; leave one out." },
        { new() { AccessTier = "Archive" }, "Storage:Azure:AccessTier is 'Archive'; it has to be Hot, Cool, Cold, or left out." },
        { new() { CacheControl = "a\r\nb" }, "Storage:Azure:CacheControl has a character that no header can have." },
        { new() { MaxRetries = -1 }, "Storage:Azure:MaxRetries is -1; it has to be 0 to 20." },
        { new() { RetryDelay = TimeSpan.Zero }, "Storage:Azure:RetryDelay is 00:00:00; it has to be above 0 and at most 00:01:00." },
        { new() { NetworkTimeout = TimeSpan.Zero }, "Storage:Azure:NetworkTimeout is 00:00:00; it has to be 00:00:01 to 01:00:00." },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void FindProblems_OneFault_SaysKeyAndReasonAndNoSecret(AzureStorageOptions options, string problem)
    {
        Problems(options).ShouldBe([problem]);
        problem.ShouldNotContain("planted");
    }

    [Fact]
    public void Validate_NameTemplate_IsCheckedAsAFlagIs() =>
        new StorageOptionsValidator().Validate(null, new StorageOptions { NameTemplate = "{id}-{n}.{ext}" }).Failures
            .ShouldBe(["Storage:NameTemplate must have {batch}: a place is written once, and another batch would find it taken"]);

    private static IEnumerable<string> Problems(AzureStorageOptions options) => AzureStorageOptionsCheck.FindProblems(options);
}
