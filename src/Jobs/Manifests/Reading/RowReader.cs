namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Reads a manifest row by row. What is wrong with it comes as rows with faults, never as an exception.</summary>
internal abstract class RowReader : IAsyncDisposable
{
    /// <summary>What the manifest says of the whole batch; whole when the first item is read.</summary>
    public virtual ManifestHead Head => ManifestHead.Empty;

    /// <summary>Whether rows have columns, as in a CSV.</summary>
    public virtual bool HasColumns => false;

    /// <summary>Columns that are variables by their names, and slips of known ones by their looks; whole when the first item is read.</summary>
    public virtual IReadOnlyList<ColumnSlip> Slips => [];

    /// <summary>What is wrong with the bytes as a whole, known at the end, or null.</summary>
    public virtual string? FileFault => null;

    /// <summary>Reads the next row into <paramref name="row"/>; false at the end.</summary>
    public abstract ValueTask<bool> ReadAsync(ManifestRow row, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
