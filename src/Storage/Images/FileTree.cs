using System.Collections.Concurrent;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Scratch;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Darkroom.Storage.Images;

/// <summary>Where a file store keeps things below its root, and how a finished file gets to its place.</summary>
/// <param name="root">Absolute.</param>
/// <param name="durable">Whether a rename has to outlive a loss of power.</param>
/// <param name="logger">Where to say that a file couldn't be removed.</param>
internal sealed class FileTree(string root, bool durable, ILogger logger)
{
    private const int KnownFoldersAtMost = 10_000;
    private const UnixFileMode AllRights = (UnixFileMode)0x1FF;

    // EINVAL, EFBIG, ENAMETOOLONG, ELOOP and EILSEQ on Linux: about the name or the size, which waiting doesn't change.
    private static readonly int[] Lasting = [22, 27, 36, 40, 84];

    // Roots that this process has seen. One that is gone afterwards is away, and whoever made it again would write beside what is in it.
    private static readonly ConcurrentDictionary<string, bool> Seen = new(StringComparer.Ordinal);

    // Enough for the file system to put many flushes into one write of its journal.
    private const int FlushesAtOnce = 16;
    private readonly SemaphoreSlim _flushes = new(FlushesAtOnce, FlushesAtOnce);
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>The root, absolute.</summary>
    public string Root => root;

    /// <summary>Whether everything written is flushed to the device.</summary>
    public bool Durable => durable;

    /// <summary>The folder of files that aren't finished; on the same file system as the rest, since a rename can't leave it.</summary>
    public string Unfinished { get; } = Path.Combine(root, ".tmp");

    /// <summary>The absolute name of an image.</summary>
    public string ImageAt(string path) => Below(root, path);

    /// <summary>What the name of a record ends with.</summary>
    public const string RecordEnding = ".json";

    /// <summary>The folder of records.</summary>
    public string Records { get; } = Path.Combine(root, ".meta");

    /// <summary>The absolute name of the record beside an image.</summary>
    public string RecordAt(string path) => Below(Records, path) + RecordEnding;

    /// <summary>
    /// Makes the root, unless this process has seen it before. One that is made here is closed to others; whoever wants to share the images makes the folder first.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">It was there and isn't any more.</exception>
    public void EnsureRoot()
    {
        if (Seen.ContainsKey(root)) RequireRoot();
        else PrivateFiles.CreateFolder(root);
        Seen[root] = true;
    }

    /// <summary>Throws unless the root is there. Without it, that a file isn't there says nothing: its disk may be missing.</summary>
    /// <exception cref="DirectoryNotFoundException">It isn't there.</exception>
    public void RequireRoot()
    {
        if (!Directory.Exists(root)) throw new DirectoryNotFoundException($"the folder {root} isn't there. Bring it back, or make an empty one if its images may be lost.");
    }

    /// <summary>A name that nobody else uses, for a file that isn't finished. Its folder exists.</summary>
    public string NewUnfinished()
    {
        EnsureFolder(Unfinished);
        return Path.Combine(Unfinished, Guid.NewGuid().ToString("N"));
    }

    /// <summary>Creates and opens a file under a name from <see cref="NewUnfinished"/>.</summary>
    public SafeFileHandle Create(string name)
    {
        try
        {
            return OpenNew(name);
        }
        catch (DirectoryNotFoundException)
        {
            // Someone removed the folder under a running process.
            _known.Clear();
            EnsureFolder(Unfinished);
            return OpenNew(name);
        }
    }

    /// <summary>
    /// Moves a finished file into its place unless something is there; of several at once, one wins, decided by the file system. Where there are
    /// no hard links the file is copied; a copy cut short is found out by its length and hash.
    /// </summary>
    /// <returns>False when the place is taken.</returns>
    public bool TryMove(string unfinished, string place)
    {
        EnsureFolder(Path.GetDirectoryName(place)!);
        try
        {
            return TryMoveOnce(unfinished, place);
        }
        catch (DirectoryNotFoundException)
        {
            // Someone removed the folder under a running process.
            _known.Clear();
            EnsureFolder(Path.GetDirectoryName(place)!);
            return TryMoveOnce(unfinished, place);
        }
    }

    /// <summary>Moves a finished file into its place, whatever is there.</summary>
    public bool Replace(string unfinished, string place)
    {
        EnsureFolder(Path.GetDirectoryName(place)!);
        try
        {
            File.Move(unfinished, place, overwrite: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Someone removed the folder under a running process.
            _known.Clear();
            EnsureFolder(Path.GetDirectoryName(place)!);
            File.Move(unfinished, place, overwrite: true);
        }

        return true;
    }

    /// <summary>Removes a file that isn't to be finished. One that stays is left to the next sweep: the outcome is decided without it.</summary>
    public void Abandon(string unfinished)
    {
        try
        {
            File.Delete(unfinished);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            Log.UnfinishedFileLeft(logger, e, unfinished);
        }
    }

    /// <summary>Makes renames into a folder outlive a loss of power, when the tree is durable.</summary>
    public void FlushFolderOf(string place)
    {
        if (durable) FolderFlush.Flush(Path.GetDirectoryName(place)!);
    }

    /// <summary>
    /// Runs work that waits for the device, when the tree is durable, on threads of its own: a flush takes from half a millisecond to fifty, and
    /// a few of them at a time would leave the pool no thread to renew leases with. Otherwise the work ends in the page cache and runs here.
    /// </summary>
    public async Task<T> RunFlushingAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (!durable) return work();
        await _flushes.WaitAsync(cancellationToken);
        try
        {
            // Not canceled once it runs: a few renames are sooner done than undone.
            const TaskCreationOptions onItsOwnThread = TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously;
            return await Task.Factory.StartNew(work, CancellationToken.None, onItsOwnThread, TaskScheduler.Default);
        }
        finally
        {
            _flushes.Release();
        }
    }

    /// <summary>Runs a piece of file work; what the operating system refuses becomes the store's own exception, naming the path.</summary>
    /// <exception cref="ImageStoreException">Disk full, no permission, a file where a folder should be, and the like.</exception>
    public static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw Refused(path, e);
        }
    }

    /// <summary>True for what the operating system answers, as opposed to bugs.</summary>
    public static bool IsRefusal(Exception e) => e is IOException or UnauthorizedAccessException;

    /// <summary>The store's exception for what the operating system answered.</summary>
    public static ImageStoreException Refused(string path, Exception e) => new($"The image store failed at {path}: {e.Message}", e) { MayPass = e is not PathTooLongException && !Lasting.Contains(e.HResult) };

    private bool TryMoveOnce(string unfinished, string place)
    {
        var moved = OperatingSystem.IsWindows() ? TryMoveOnWindows(unfinished, place) : FileLink.TryCreate(unfinished, place) ?? TryCopy(unfinished, place);
        if (moved && File.Exists(unfinished)) Abandon(unfinished);
        return moved;
    }

    private static bool TryMoveOnWindows(string unfinished, string place)
    {
        try
        {
            File.Move(unfinished, place, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(place))
        {
            return false;
        }
    }

    /// <summary>Copies a finished file to a place unless something is there: what <see cref="TryMove"/> does where there are no hard links.</summary>
    /// <returns>False when the place is taken.</returns>
    internal bool TryCopy(string unfinished, string place)
    {
        SafeFileHandle target;
        try
        {
            target = OpenNew(place);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException && File.Exists(place))
        {
            return false;
        }

        var whole = false;
        try
        {
            using (var stream = new FileStream(target, FileAccess.Write, 0))
            {
                using var source = File.OpenRead(unfinished);
                source.CopyTo(stream);
                if (durable) stream.Flush(flushToDisk: true);
            }

            return whole = true;
        }
        finally
        {
            if (!whole) Abandon(place);
        }
    }

    private static string Below(string folder, string path)
    {
        var full = Path.GetFullPath(Path.Combine(folder, ImagePaths.Require(path)));
        // The rules of ImagePaths are enough on Unix; this also covers drive letters.
        return full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new ArgumentException($"'{path}' can't be the path of an image: it has to stay inside the store.", nameof(path));
    }

    // What is made has no right that the root lacks: the images of a closed folder stay closed when they are moved or linked elsewhere.
    private SafeFileHandle OpenNew(string name)
    {
        var handle = File.OpenHandle(name, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        if (OperatingSystem.IsWindows()) return handle;
        var given = File.GetUnixFileMode(handle);
        var allowed = given & File.GetUnixFileMode(root);
        if (allowed != given) File.SetUnixFileMode(handle, allowed);
        return handle;
    }

    private void EnsureFolder(string folder)
    {
        if (_known.ContainsKey(folder)) return;
        EnsureRoot();
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else PrivateFiles.CreateFolder(folder, File.GetUnixFileMode(root) & AllRights);
        if (durable && folder.StartsWith(root, StringComparison.Ordinal))
        {
            // A new folder is an entry in its parent, which has to last as well.
            for (var at = folder; at.Length > root.Length; at = Path.GetDirectoryName(at)!) FolderFlush.Flush(Path.GetDirectoryName(at)!);
        }

        if (_known.Count >= KnownFoldersAtMost) _known.Clear();
        _known[folder] = true;
    }
}
