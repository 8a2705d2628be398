using Darkroom.Jobs.Images;
using Microsoft.Win32.SafeHandles;

namespace Darkroom.Storage.Images;

/// <summary>
/// One image on its way into a file. Writes are synchronous: they end in the page cache, and .NET has no asynchronous file writes on Linux but
/// a thread of the pool.
/// </summary>
internal sealed class FileImageStream(FileTree tree, int index, Func<string?, string> pathOf, string unfinished, SafeFileHandle handle) : ImageStream(index, pathOf, BlockBytes)
{
    // No larger, so that buffers stay off the heap for large arrays (see AnswerReader); no smaller, since a header is read off the first block.
    private const int BlockBytes = ImageHeader.EnoughBytes;
    private long _written;
    // Null once the file has been moved.
    private string? _unfinished = unfinished;

    /// <summary>Writes the rest and closes the file; safe to repeat.</summary>
    public void Finish()
    {
        if (handle.IsClosed) return;
        if (!Tail.IsEmpty) RandomAccess.Write(handle, Tail.Span, _written);
        if (tree.Durable) RandomAccess.FlushToDisk(handle);
        handle.Dispose();
    }

    /// <summary>Moves the finished file to a path in the store.</summary>
    /// <returns>False when something is there already.</returns>
    public bool TryMove(string path)
    {
        if (_unfinished is null || !tree.TryMove(_unfinished, tree.ImageAt(path))) return false;
        _unfinished = null;
        return true;
    }

    public override void Release()
    {
        handle.Dispose();
        base.Release();
        if (_unfinished is null) return;
        tree.Abandon(_unfinished);
        _unfinished = null;
    }

    protected override ValueTask WriteBlockAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            RandomAccess.Write(handle, block.Span, _written);
        }
        catch (Exception e) when (FileTree.IsRefusal(e))
        {
            throw FileTree.Refused(ImagePath, e);
        }

        _written += block.Length;
        return ValueTask.CompletedTask;
    }
}
