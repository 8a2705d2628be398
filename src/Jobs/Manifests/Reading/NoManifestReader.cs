namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Stands for a file that is no manifest, and says so.</summary>
internal sealed class NoManifestReader(string reason) : RowReader
{
    private bool _isRead;

    public override ValueTask<bool> ReadAsync(ManifestRow row, CancellationToken cancellationToken)
    {
        if (_isRead) return ValueTask.FromResult(false);
        _isRead = true;
        row.Begin(0);
        row.IsItem = false;
        row.Break(reason);
        return ValueTask.FromResult(true);
    }
}
