namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Reads a manifest row by row. What is wrong with it comes as rows with faults, never as an exception.</summary>
internal abstract class RowReader : IAsyncDisposable
{
    /// <summary>What the manifest says of the whole batch; whole when the first item is read.</summary>
    public virtual ManifestHead Head => ManifestHead.Empty;

    /// <summary>Reads the next row into <paramref name="row"/>; false at the end.</summary>
    public abstract ValueTask<bool> ReadAsync(ManifestRow row, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
