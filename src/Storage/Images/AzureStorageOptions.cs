namespace Darkroom.Storage.Images;

/// <summary>
/// Azure Blob Storage or Azurite; the section <c>Storage:Azure</c>. One of <see cref="ConnectionString"/>, <see cref="ContainerUri"/> and <see cref="AccountUri"/>
/// says that it is used, and how it is entered.
/// </summary>
public sealed class AzureStorageOptions
{
    /// <summary>The account's connection string, a secret; <c>UseDevelopmentStorage=true</c> for Azurite on its own port. Default null, or empty: not used.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The container's address with a shared access signature, a secret: <c>https://ACCOUNT.blob.core.windows.net/CONTAINER?sv=…&amp;sig=…</c>. Default null, or empty: not used.</summary>
    public string? ContainerUri { get; set; }

    /// <summary>
    /// The account's address, <c>https://ACCOUNT.blob.core.windows.net</c>, entered with <see cref="SasToken"/> or <see cref="SasTokenFile"/>, else with the machine's identity
    /// (Entra ID). Default null, or empty: not used.
    /// </summary>
    public string? AccountUri { get; set; }

    /// <summary>A shared access signature of the account or the container, without its <c>?</c>; a secret. Default null, or empty: none.</summary>
    public string? SasToken { get; set; }

    /// <summary>A file that holds the signature; looked at again when it changes, so that it can be renewed under a running worker. Default null, or empty: none.</summary>
    public string? SasTokenFile { get; set; }

    /// <summary>The client id of a user-assigned managed identity. Default null, or empty: what Azure's default credentials find.</summary>
    public string? ManagedIdentityClientId { get; set; }

    /// <summary>The container. Default <c>darkroom</c>. With <see cref="ContainerUri"/> it is the address's.</summary>
    public string Container { get; set; } = DefaultContainer;

    /// <summary>Whether a container that isn't there is made at the first write; takes that right. Default true.</summary>
    public bool CreateContainer { get; set; } = true;

    /// <summary>The access tier of images: <c>Hot</c>, <c>Cool</c> or <c>Cold</c>. Default null, or empty: the account's own.</summary>
    public string? AccessTier { get; set; }

    /// <summary>The <c>Cache-Control</c> of images, which never change once they are there. Default <c>private, max-age=31536000, immutable</c>; empty: none.</summary>
    public string CacheControl { get; set; } = "private, max-age=31536000, immutable";

    /// <summary>How often a request that failed for a passing reason is repeated, 0 to 20. Default 5.</summary>
    public int MaxRetries { get; set; } = 5;

    /// <summary>The wait before the first repetition, up to a minute; each further one waits about twice as long, up to a minute. Default 0.8 seconds.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(0.8);

    /// <summary>How long one request may be without a sign of life, from a second to an hour. Default 100 seconds.</summary>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// How long a request to a storage that is away or overloaded is repeated, each image held meanwhile, before its item is held and the batch halted. Zero
    /// to an hour. Default 2 minutes: a restart or a failover of the storage takes seconds, and what waits has been paid for.
    /// </summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);

    internal const string DefaultContainer = "darkroom";

    internal bool IsUsed => !string.IsNullOrEmpty(ConnectionString) || !string.IsNullOrEmpty(ContainerUri) || !string.IsNullOrEmpty(AccountUri);
}
