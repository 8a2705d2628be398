namespace Darkroom.Storage.Images;

/// <summary>Where images are kept: section <c>Storage</c>. When both a folder and Azure are configured, Azure is used.</summary>
public sealed class StorageOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Storage";

    /// <summary>
    /// The folder for images, absolute or relative to the current folder. When not set: <c>.darkroom/images</c>. Darkroom creates a missing folder with mode
    /// 0700; create it yourself to share it with other users.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>Wait until the device has written each image (fsync), so that a power cut loses no image that the database calls done.</summary>
    public bool Durable { get; set; } = true;

    /// <summary>Also store the partial images of a streamed answer, as <c>NAME-N.partialK.EXT</c> beside the output. Results do not list them.</summary>
    public bool KeepPartials { get; set; }

    /// <summary>
    /// Output names for rows without <c>output</c>, built from <c>{batch}</c>, <c>{id}</c>, <c>{row}</c>, <c>{date}</c>, <c>{model}</c> and <c>{tag:NAME}</c>.
    /// Read when a batch is imported; <c>--output-name</c> overrides it. When not set: <c>{batch}/{id}-{n}.{ext}</c>.
    /// </summary>
    /// <value>ends in <c>{n}.{ext}</c></value>
    public string? NameTemplate { get; set; }

    /// <summary>How long Darkroom retries a folder that is missing or full before it halts the batch.</summary>
    /// <value>up to 1 hour</value>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How many bytes of paid images a worker keeps on its own disk, in <c>.darkroom/kept</c>, while the store refuses them. 0 keeps none.</summary>
    /// <value>0 or more</value>
    public long KeptBytes { get; set; } = 2_000_000_000;

    /// <summary>Azure Blob Storage; used when it has a connection string or an address.</summary>
    public AzureStorageOptions Azure { get; set; } = new();
}
