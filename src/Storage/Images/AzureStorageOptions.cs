namespace Darkroom.Storage.Images;

/// <summary>Azure Blob Storage or Azurite; the section <c>Storage:Azure</c>.</summary>
public sealed class AzureStorageOptions
{
    /// <summary>The account's connection string, a secret; <c>UseDevelopmentStorage=true</c> for Azurite on its own port. Default null, or empty: not used.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The container, made when it isn't there. Default <c>darkroom</c>.</summary>
    public string Container { get; set; } = "darkroom";
}
