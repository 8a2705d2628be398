using Darkroom.Jobs.Outputs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Darkroom.Storage.Images;

/// <summary>
/// Keeps images as files below a folder: <c>PATH</c> the image, <c>.meta/PATH.json</c> its attempt's record, <c>.tmp/</c> what isn't finished.
/// An image is whole before it has its name. With <c>durable</c>, files are flushed before and folders after the renames, so that a commit
/// outlives a loss of power on Linux; elsewhere .NET can't flush a folder, and a commit outlives a crash of the process.
/// </summary>
public sealed class FileImageStore : IImageStore
{
    private readonly FileTree _tree;
    private readonly TimeProvider _time;
    private readonly bool _keepPartials;

    /// <summary>Makes a store; touches no disk yet.</summary>
    /// <param name="root">The folder, made when first needed. Relative to the current folder, or absolute.</param>
    /// <param name="durable">Whether a commit waits for the device. Default true; without it a loss of power can take the last images.</param>
    /// <param name="time">Tells how old a file is. Default the system's.</param>
    /// <param name="logger">Where to say that a file couldn't be removed. Default nowhere.</param>
    /// <param name="keepPartials">Whether partial images of streams are stored, beside the outputs. Default false.</param>
    public FileImageStore(
        string root, bool durable = true, TimeProvider? time = null, ILogger<FileImageStore>? logger = null, bool keepPartials = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        _tree = new FileTree(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)), durable, logger ?? NullLogger<FileImageStore>.Instance);
        _time = time ?? TimeProvider.System;
        _keepPartials = keepPartials;
    }

    /// <inheritdoc />
    public string Location => _tree.Root;

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The place would leave the store.</exception>
    public IOutputSink OpenSink(AttemptPlace place)
    {
        ImagePaths.Require(place.PathOf(0));
        return new FileImageSink(_tree, place, _keepPartials);
    }

    /// <inheritdoc />
    /// <remarks>Reads the images again and compares length and hash: an image that isn't whole wasn't stored.</remarks>
    /// <exception cref="ArgumentException">The place would leave the store.</exception>
    /// <exception cref="ImageStoreException">The store can't be read; that doesn't mean that nothing is there.</exception>
    public Task<AdoptedOutputs?> FindAsync(AttemptPlace place, long attemptId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(FileTree.Guard(place.PathOf(0), () =>
        {
            var record = place.InEveryFormat.Select(at => FileRecord.Read(_tree.RecordAt(at.PathOf(0)))).FirstOrDefault(record => record?.AttemptId == attemptId);
            if (record is null)
            {
                _tree.RequireRoot();
                return null;
            }

            foreach (var image in record.Images)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (FileRecord.Holds(_tree.ImageAt(image.Path), image)) continue;
                _tree.RequireRoot();
                return null;
            }

            return new AdoptedOutputs(record.Images, new OutputMetadata(record.AttemptId, record.Usage, record.Images.Count, record.RequestId)
            {
                EditKey = record.EditKey,
                SourceVersion = record.SourceVersion,
            });
        }));
    }

    /// <inheritdoc />
    /// <remarks>A path that would leave the store names no image, so the answer is null.</remarks>
    /// <exception cref="ImageStoreException">The file is there and can't be read.</exception>
    public Task<Stream?> OpenReadAsync(string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!ImagePaths.IsSafe(path)) return Task.FromResult<Stream?>(null);
        return Task.FromResult(FileTree.Guard<Stream?>(path, () =>
        {
            try
            {
                return new FileStream(_tree.ImageAt(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                _tree.RequireRoot();
                return null;
            }
        }));
    }

    /// <inheritdoc />
    public Task<bool> HoldsAsync(string path, long bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!ImagePaths.IsSafe(path)) return Task.FromResult(false);
        return Task.FromResult(FileTree.Guard(path, () =>
        {
            if (new FileInfo(_tree.ImageAt(path)) is { Exists: true } file) return file.Length == bytes;
            _tree.RequireRoot();
            return false;
        }));
    }

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        FileTree.Guard(_tree.Root, () =>
        {
            var name = _tree.NewUnfinished();
            using (var handle = _tree.Create(name))
            {
                RandomAccess.Write(handle, "probe"u8, 0);
                if (_tree.Durable) RandomAccess.FlushToDisk(handle);
            }

            var probe = Path.Combine(_tree.Root, $".probe-{Path.GetFileName(name)}");
            var moved = _tree.TryMove(name, probe);
            File.Delete(moved ? probe : name);
            return moved;
        });
        return Task.CompletedTask;
    }

    /// <summary>Removes unfinished files that nobody has written to for a while: their process died.</summary>
    /// <param name="olderThan">Longer than any call can take, since several processes may share the folder.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="ImageStoreException">The folder can't be read, or a file not removed.</exception>
    public Task<int> RemoveAbandonedAsync(TimeSpan olderThan, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(olderThan.Ticks);
        return Task.FromResult(FileTree.Guard(_tree.Unfinished, () =>
        {
            if (!Directory.Exists(_tree.Unfinished)) return 0;
            var before = (_time.GetUtcNow() - olderThan).UtcDateTime;
            var removed = 0;
            foreach (var file in Directory.EnumerateFiles(_tree.Unfinished))
            {
                cancellationToken.ThrowIfCancellationRequested();
                // A file that is gone meanwhile has the year 1601 for a time; deleting it again does nothing.
                if (File.GetLastWriteTimeUtc(file) >= before) continue;
                File.Delete(file);
                removed++;
            }

            return removed;
        }));
    }
}
