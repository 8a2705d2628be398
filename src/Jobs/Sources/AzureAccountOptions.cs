namespace Darkroom.Jobs.Sources;

/// <summary>How one storage account's blobs are read; exactly one of the three.</summary>
public sealed class AzureAccountOptions
{
    /// <summary>The account's connection string, a secret.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>A shared access signature, <c>sv=…&amp;sig=…</c>, a secret.</summary>
    public string? Sas { get; set; }

    /// <summary>Whether the machine's or user's own identity (Entra ID) is used. Default false.</summary>
    public bool UseIdentity { get; set; }
}
