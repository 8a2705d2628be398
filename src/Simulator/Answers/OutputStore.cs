using System.Collections.Concurrent;

namespace Darkroom.Simulator.Answers;

/// <summary>Images that were answered as URLs (dall-e-2). The newest are kept, as the service keeps its own for an hour.</summary>
internal sealed class OutputStore
{
    private const int MaxKept = 256;

    private readonly ConcurrentDictionary<string, byte[]> files = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> order = new();

    /// <summary>Keeps an image under a name.</summary>
    public void Add(string name, byte[] file)
    {
        files[name] = file;
        order.Enqueue(name);
        while (order.Count > MaxKept && order.TryDequeue(out var oldest))
        {
            files.TryRemove(oldest, out _);
        }
    }

    /// <summary>An image by its name, or null.</summary>
    public byte[]? Find(string name) => files.GetValueOrDefault(name);
}
