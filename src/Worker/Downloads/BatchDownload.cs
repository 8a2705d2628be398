using System.Buffers;
using System.Security.Cryptography;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Worker.Downloads;

/// <summary>
/// Fetches the images of a batch into a folder, several at once, each held against the SHA-256 that it was stored with. A file has its name only when it is whole; one that is
/// there and whole isn't fetched again, so that a download that was stopped goes on. Links below the folder are followed nowhere: who else may write there could lead out of it.
/// </summary>
/// <param name="batches">Which images there are.</param>
/// <param name="images">Where they are.</param>
/// <param name="say">Told of each file that fails, in a sentence.</param>
/// <param name="time">The clock.</param>
public sealed class BatchDownload(IBatchStore batches, IImageStore images, Action<string> say, TimeProvider time)
{
    /// <summary>What a file is called until it is whole.</summary>
    public const string PartEnding = ".part";

    private const int BufferBytes = 1 << 16;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    private readonly DownloadPace _pace = new(time);
    private readonly Lock _telling = new();

    private long _downloaded;
    private long _skipped;
    private long _failed;
    private long _bytes;
    private long _images;
    private long _imageBytes;
    private (long Images, long Bytes)? _wanted;

    /// <summary>Downloads a batch.</summary>
    /// <param name="batchId">The batch; its folder is left out of the files' names.</param>
    /// <param name="folder">Where to; made when it isn't there.</param>
    /// <param name="states">Items in these states only; empty for all.</param>
    /// <param name="parallel">Files at once, from 1.</param>
    /// <param name="progress">Told twice a second, and at the end; never twice at once.</param>
    /// <param name="cancellationToken">Stops; whole files stay.</param>
    public async Task<DownloadResult> RunAsync(
        string batchId, string folder, IReadOnlyCollection<ItemState> states, int parallel, Action<DownloadProgress> progress, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(folder);
        Directory.CreateDirectory(root);
        // Counted while the first are fetched: a million rows take their time.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var counting = CountAsync(batchId, states, stop.Token);
        try
        {
            await using (time.CreateTimer(_ => Tell(progress), null, ProgressInterval, ProgressInterval))
            {
                await Parallel.ForEachAsync(
                    OutputsAsync(batchId, states, cancellationToken),
                    new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
                    async (output, cancel) => await FetchAsync(output, batchId, root, cancel));
            }

            await counting;
        }
        finally
        {
            await stop.CancelAsync();
            await counting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Tell(progress);
        return Result();
    }

    private void Tell(Action<DownloadProgress> progress)
    {
        lock (_telling)
        {
            var bytes = Interlocked.Read(ref _imageBytes);
            progress(new DownloadProgress(Result(), Interlocked.Read(ref _images), bytes, _wanted?.Images, _wanted?.Bytes) { Rate = _pace.Add(bytes) });
        }
    }

    private async Task CountAsync(string batchId, IReadOnlyCollection<ItemState> states, CancellationToken cancellationToken)
    {
        long count = 0, bytes = 0;
        await foreach (var output in OutputsAsync(batchId, states, cancellationToken)) (count, bytes) = (count + 1, bytes + output.Bytes);
        lock (_telling) _wanted = (count, bytes);
    }

    private DownloadResult Result() => new(Interlocked.Read(ref _downloaded), Interlocked.Read(ref _skipped), Interlocked.Read(ref _failed), Interlocked.Read(ref _bytes));

    private async IAsyncEnumerable<StoredImage> OutputsAsync(
        string batchId, IReadOnlyCollection<ItemState> states, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var result in batches.ReadResultsAsync(batchId, cancellationToken))
        {
            if (states.Count > 0 && !states.Contains(result.State)) continue;
            foreach (var output in result.Outputs) yield return output;
        }
    }

    private async Task FetchAsync(StoredImage output, string batchId, string root, CancellationToken cancellationToken)
    {
        try
        {
            var file = PlaceOf(output.Path, batchId, root);
            RefuseLinks(file, root);
            if (await IsThereAsync(file, output, cancellationToken))
            {
                Interlocked.Increment(ref _skipped);
                Done(output);
                return;
            }

            await WriteAsync(output, file, root, cancellationToken);
            Interlocked.Increment(ref _downloaded);
            Interlocked.Add(ref _bytes, output.Bytes);
            Done(output);
        }
        catch (Exception fault) when (fault is ImageStoreException or IOException or UnauthorizedAccessException)
        {
            Interlocked.Increment(ref _failed);
            say($"{output.Path}: {fault.Message}");
        }
    }

    private void Done(StoredImage output)
    {
        Interlocked.Increment(ref _images);
        Interlocked.Add(ref _imageBytes, output.Bytes);
    }

    private async Task WriteAsync(StoredImage output, string file, string root, CancellationToken cancellationToken)
    {
        await using var source = await images.OpenReadAsync(output.Path, cancellationToken) ?? throw new ImageStoreException("it isn't in the store.");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var part = file + PartEnding;
        var target = CreatePart(part);
        var whole = false;
        try
        {
            await using (target)
            {
                var hash = await CopyAsync(source, target, cancellationToken);
                if (hash != output.Sha256) throw new ImageStoreException("it isn't what was stored: its SHA-256 is another.");
            }

            // Again: the folders may have been exchanged while the image arrived.
            RefuseLinks(file, root);
            File.Move(part, file, overwrite: true);
            whole = true;
        }
        finally
        {
            if (!whole) File.Delete(part);
        }
    }

    private static async Task<string> CopyAsync(Stream source, FileStream target, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await source.ReadAsync(buffer, cancellationToken) is var count and > 0)
            {
                hash.AppendData(buffer, 0, count);
                await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<bool> IsThereAsync(string file, StoredImage output, CancellationToken cancellationToken)
    {
        if (new FileInfo(file) is not { Exists: true } there || there.Length != output.Bytes) return false;
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan | FileOptions.Asynchronous);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) == output.Sha256;
    }

    private static void RefuseLinks(string file, string root)
    {
        for (var at = file; at.Length > root.Length; at = Path.GetDirectoryName(at)!)
            if (new FileInfo(at).LinkTarget is not null) throw new IOException($"{at} is a link; a download follows none. Remove it, or choose another folder.");
    }

    private static FileStream CreatePart(string part)
    {
        var left = new FileInfo(part);
        if (left.LinkTarget is null && left.Exists)
        {
            // A stopped download left it; one that still writes it has it locked, and this throws.
            new FileStream(part, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
        }

        // Of a link this removes the link.
        File.Delete(part);
        return new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
    }

    // Paths come from the database; none may lead out of the folder all the same.
    private static string PlaceOf(string path, string batchId, string root)
    {
        var relative = path.StartsWith($"{batchId}/", StringComparison.Ordinal) ? path[(batchId.Length + 1)..] : path;
        var file = Path.GetFullPath(Path.Combine(root, relative));
        return file.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? file
            : throw new ImageStoreException("it would leave the folder.");
    }
}
