using System.Collections.Concurrent;

namespace Darkroom.Jobs.Uploads;

/// <summary>
/// Which local files and fetched addresses many items of a batch name. Counted by the database once a batch and process, when the first item with a local file comes: at import
/// that would need every path in memory, and the threshold is the worker's setting.
/// </summary>
internal sealed class SharedPaths(IUploadedFileStore store, int leastItems)
{
    private const int MostRemembered = 100;

    private readonly ConcurrentDictionary<string, Task<IReadOnlySet<string>>> _known = new(StringComparer.Ordinal);

    /// <summary>Whether enough items of the batch name the path.</summary>
    public async Task<bool> ContainsAsync(string batchId, string path, CancellationToken cancellationToken)
    {
        if (leastItems == 0) return false;
        if (_known.Count > MostRemembered) _known.Clear();
        // Not canceled with whoever asks first: others wait for the same answer.
        var counting = _known.GetOrAdd(batchId, id => store.GetSharedPathsAsync(id, leastItems, CancellationToken.None));
        try
        {
            return (await counting.WaitAsync(cancellationToken)).Contains(path);
        }
        catch when (counting.IsFaulted)
        {
            _known.TryRemove(KeyValuePair.Create(batchId, counting));
            throw;
        }
    }
}
