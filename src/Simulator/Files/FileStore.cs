using System.Collections.Concurrent;
using System.Globalization;

namespace Darkroom.Simulator.Files;

/// <summary>Uploaded files, in memory.</summary>
internal sealed class FileStore(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, StoredFile> files = new(StringComparer.Ordinal);
    private long count;

    /// <summary>Keeps a file.</summary>
    /// <param name="lifetime">How long, or null for good.</param>
    public StoredFile Add(byte[] content, string name, string purpose, TimeSpan? lifetime)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"file-{Interlocked.Increment(ref count):D24}");
        var now = time.GetUtcNow();
        return files[id] = new(id, content, name, purpose, now, now + lifetime);
    }

    /// <summary>A file that is there and has not expired, or null.</summary>
    public StoredFile? Find(string id)
    {
        if (files.TryGetValue(id, out var file) && file.ExpiresAt <= time.GetUtcNow())
        {
            files.TryRemove(id, out _);
            return null;
        }

        return file;
    }

    /// <summary>Drops a file.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string id) => Find(id) is not null && files.TryRemove(id, out _);
}
