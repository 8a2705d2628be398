namespace Darkroom.Jobs.Sources;

/// <summary>How one storage account's blobs are read. Set exactly one of the three.</summary>
public sealed class AzureAccountOptions
{
    /// <summary>The account's connection string. A secret.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>A shared access signature, <c>sv=…&amp;sig=…</c>. A secret.</summary>
    public string? Sas { get; set; }

    /// <summary>Use the machine's or user's own identity (Entra ID).</summary>
    public bool UseIdentity { get; set; }
}
