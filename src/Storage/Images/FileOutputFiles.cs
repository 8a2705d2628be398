using System.Runtime.CompilerServices;
using Darkroom.Jobs.Outputs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Darkroom.Storage.Images;

/// <summary>The files of a <see cref="FileImageStore"/>. Links are <c>file://</c> addresses on this machine and don't end.</summary>
public sealed class FileOutputFiles : IOutputFiles
{
    private readonly FileTree _tree;

    /// <summary>Touches no disk yet.</summary>
    /// <param name="root">The folder of the image store.</param>
    /// <param name="durable">Whether a write waits for the device. Default true.</param>
    /// <param name="logger">Where to say that an unfinished file couldn't be removed. Default nowhere.</param>
    public FileOutputFiles(string root, bool durable = true, ILogger<FileOutputFiles>? logger = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        _tree = new FileTree(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)), durable, logger ?? NullLogger<FileOutputFiles>.Instance);
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string path, string mediaType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var place = _tree.ImageAt(path);
        var (unfinished, handle) = FileTree.Guard(path, () =>
        {
            var name = _tree.NewUnfinished();
            return (name, _tree.Create(name));
        });
        var moved = false;
        try
        {
            await using (var stream = new FileStream(handle, FileAccess.Write, 1 << 16))
            {
                await write(stream, cancellationToken);
                await stream.FlushAsync(cancellationToken);
                if (_tree.Durable) stream.Flush(flushToDisk: true);
            }

            FileTree.Guard(path, () => _tree.Replace(unfinished, place));
            moved = true;
        }
        catch (IOException e)
        {
            throw FileTree.Refused(path, e);
        }
        finally
        {
            if (!moved) _tree.Abandon(unfinished);
        }

        _tree.FlushFolderOf(place);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var folder = prefix[..(prefix.LastIndexOf('/') + 1)].TrimEnd('/');
        foreach (var (top, ending) in new[] { (_tree.Root, ""), (_tree.Records, FileTree.RecordEnding) })
        {
            foreach (var file in FileTree.Guard(prefix, () => Files(top, folder)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var path = Path.GetRelativePath(top, file).Replace(Path.DirectorySeparatorChar, '/');
                // What begins with a dot is the store's own.
                if (path[0] == '.' || !path.StartsWith(prefix, StringComparison.Ordinal) || !path.EndsWith(ending, StringComparison.Ordinal)) continue;
                path = path[..^ending.Length];
                // A record whose image never came, or went first.
                if (ending.Length > 0 && File.Exists(_tree.ImageAt(path))) continue;
                yield return new StoredFile(path, ending.Length > 0 ? 0 : LengthOf(file));
            }
        }
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(FileTree.Guard(path, () =>
        {
            // The record first: a record without an image is listed by its image's path, and so is found again.
            var there = Delete(_tree.RecordAt(path), _tree.Records) | Delete(_tree.ImageAt(path), _tree.Root);
            return there;
        }));
    }

    /// <inheritdoc/>
    public Task<IOutputLinks> OpenLinksAsync(TimeSpan lifetime, CancellationToken cancellationToken) => Task.FromResult<IOutputLinks>(new Links(_tree));

    private static List<string> Files(string top, string folder)
    {
        var start = folder.Length == 0 ? top : Path.Combine(top, ImagePaths.Require(folder));
        try
        {
            // All at once: whoever lists may remove what he gets, folders included.
            return [.. Directory.EnumerateFiles(start, "*", SearchOption.AllDirectories)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    // It may be gone since it was listed.
    private static long LengthOf(string file) => new FileInfo(file) is { Exists: true } there ? there.Length : 0;

    private static bool Delete(string file, string top)
    {
        try
        {
            if (!File.Exists(file)) return false;
            File.Delete(file);
            for (var folder = Path.GetDirectoryName(file)!; folder.Length > top.Length && !Directory.EnumerateFileSystemEntries(folder).Any(); folder = Path.GetDirectoryName(folder)!)
                Directory.Delete(folder);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            // Another removed it at the same time.
            return true;
        }
        catch (IOException) when (!File.Exists(file))
        {
            // The folder got a new file meanwhile.
            return true;
        }
    }

    private sealed class Links(FileTree tree) : IOutputLinks
    {
        public DateTimeOffset? ExpiresAt => null;

        public Uri LinkTo(string path) => new(tree.ImageAt(path));
    }
}
