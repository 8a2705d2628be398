namespace Darkroom.Storage.Images;

/// <summary>
/// Azure Blob Storage or Azurite instead of a folder: section <c>Storage:Azure</c>. Set one of <see cref="ConnectionString"/>, <see cref="ContainerUri"/> and
/// <see cref="AccountUri"/>.
/// </summary>
public sealed class AzureStorageOptions
{
    /// <summary>The account's connection string; <c>UseDevelopmentStorage=true</c> means Azurite on its standard port. A secret.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The container's address with its shared access signature: <c>https://ACCOUNT.blob.core.windows.net/CONTAINER?sv=…&amp;sig=…</c>. A secret.</summary>
    public string? ContainerUri { get; set; }

    /// <summary>
    /// The account's address, <c>https://ACCOUNT.blob.core.windows.net</c>. Darkroom signs in with the SAS token below, or else with the machine's identity
    /// (Entra ID).
    /// </summary>
    public string? AccountUri { get; set; }

    /// <summary>A shared access signature for the account or the container, without the leading <c>?</c>. A secret.</summary>
    public string? SasToken { get; set; }

    /// <summary>A file that holds the shared access signature. Darkroom reads it again when it changes, so it can be renewed under a running worker.</summary>
    public string? SasTokenFile { get; set; }

    /// <summary>The client id of a user-assigned managed identity. When not set: whatever Azure's default credentials find.</summary>
    public string? ManagedIdentityClientId { get; set; }

    /// <summary>The container. With <c>ContainerUri</c>, the address names it instead.</summary>
    public string Container { get; set; } = DefaultContainer;

    /// <summary>Create a missing container at the first write. Needs the right to do so.</summary>
    public bool CreateContainer { get; set; } = true;

    /// <summary>The access tier of images. When not set: the account's default.</summary>
    /// <value><c>Hot</c>, <c>Cool</c> or <c>Cold</c></value>
    public string? AccessTier { get; set; }

    /// <summary>The <c>Cache-Control</c> header of images, which never change once stored. Empty: no header.</summary>
    public string CacheControl { get; set; } = "private, max-age=31536000, immutable";

    /// <summary>How often a request that failed for a passing reason is repeated.</summary>
    /// <value>0 to 20</value>
    public int MaxRetries { get; set; } = 5;

    /// <summary>The wait before the first repetition; each further wait is about twice as long, up to a minute.</summary>
    /// <value>up to 1 minute</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(0.8);

    /// <summary>How long one request may go without a sign of life.</summary>
    /// <value>1 s to 1 hour</value>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// How long Darkroom repeats a request to a storage that is unreachable or overloaded before it holds the item and halts the batch. A restart or failover
    /// takes seconds, and the waiting image has been paid for.
    /// </summary>
    /// <value>up to 1 hour</value>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);

    internal const string DefaultContainer = "darkroom";

    internal bool IsUsed => !string.IsNullOrEmpty(ConnectionString) || !string.IsNullOrEmpty(ContainerUri) || !string.IsNullOrEmpty(AccountUri);
}
