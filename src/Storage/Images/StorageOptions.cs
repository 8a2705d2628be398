namespace Darkroom.Storage.Images;

/// <summary>Where images are kept; the section <c>Storage</c>. Azure wins where both are given, so that a default path needn't be taken back.</summary>
public sealed class StorageOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Storage";

    /// <summary>The folder of images, relative to the current folder or absolute. Default null, or empty: the host's own default.</summary>
    public string? Path { get; set; }

    /// <summary>
    /// Whether storing a file waits until the device has it (fsync), so that a loss of power takes nothing that the database calls done. Default true.
    /// </summary>
    public bool Durable { get; set; } = true;

    /// <summary>
    /// Whether the partial images of a stream (<c>stream</c> with <c>partial_images</c>) are stored too, as <c>NAME-N.partialK.EXT</c> beside the output
    /// <c>NAME-N.EXT</c> that they came before. They are no outputs: no result lists them. Default false.
    /// </summary>
    public bool KeepPartials { get; set; }

    /// <summary>
    /// The names of outputs whose row has no <c>output</c>: <c>{batch}</c>, <c>{id}</c>, <c>{row}</c>, <c>{date}</c>, <c>{model}</c>, <c>{tag:NAME}</c>, ending in <c>{n}.{ext}</c>
    /// (<see cref="Darkroom.Jobs.Manifests.OutputTemplate"/>). Read when a batch is imported. Default null, or empty: <c>{batch}/{id}-{n}.{ext}</c>.
    /// </summary>
    public string? NameTemplate { get; set; }

    /// <summary>
    /// How long a folder that is away or full is tried again before its batch is halted, as <see cref="AzureStorageOptions.Patience"/> is for Azure. Up to an hour; default
    /// two minutes.
    /// </summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Bytes of images that the worker keeps on its own disk, below <c>.darkroom/kept</c>, while the store doesn't take them. From 0, which keeps none; default
    /// 2,000,000,000.
    /// </summary>
    public long KeptBytes { get; set; } = 2_000_000_000;

    /// <summary>Azure Blob Storage, used when it has a connection string or an address.</summary>
    public AzureStorageOptions Azure { get; set; } = new();
}
