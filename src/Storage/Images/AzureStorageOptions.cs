namespace Darkroom.Storage.Images;

/// <summary>Azure Blob Storage or Azurite; the section <c>Storage:Azure</c>.</summary>
public sealed class AzureStorageOptions
{
    /// <summary>The account's connection string, a secret; <c>UseDevelopmentStorage=true</c> for Azurite on its own port. Default null, or empty: not used.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The container, made when it isn't there. Default <c>darkroom</c>.</summary>
    public string Container { get; set; } = "darkroom";

    /// <summary>
    /// How long a request to a storage that is away or overloaded is repeated, each image held meanwhile, before its item is held and the batch halted. Zero
    /// to an hour. Default 2 minutes: a restart or a failover of the storage takes seconds, and what waits has been paid for.
    /// </summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);
}
