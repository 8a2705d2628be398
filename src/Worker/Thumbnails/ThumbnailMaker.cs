using System.Runtime.InteropServices;
using NetVips;

namespace Darkroom.Worker.Thumbnails;

/// <summary>
/// Makes thumbnails with libvips, two at once. Anybody may offer a picture, so what its decoder needs is bounded before it decodes: by pixels, by the bytes that it
/// must hold at once, and by time. With both turns taken that is at most twice <see cref="MostDecodedBytes"/>, a part of the memory that the shipped container limit allows.
/// </summary>
internal sealed class ThumbnailMaker(TimeProvider time) : IDisposable
{
    /// <summary>The most pixels of a picture.</summary>
    internal const long MostPixels = 60_000_000;

    /// <summary>The most bytes that the decoder of one picture may hold at once.</summary>
    internal const long MostDecodedBytes = 192L * 1024 * 1024;

    private const int Quality = 74;
    private const long WorthTrimming = 8L * 1024 * 1024;

    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);

    // GNU's C library keeps what a decoder freed, up to 64 MB a thread, until this function is called. Other C libraries have no such function and need none.
    private static readonly IntPtr? Trim = OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "malloc_trim", out var trim) ? trim : null;

    private readonly SemaphoreSlim _turns = new(2);

    static ThumbnailMaker()
    {
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
        // Only the loaders that are meant for strangers' files.
        NetVips.NetVips.BlockUntrusted = true;
    }

    /// <summary>Makes one that fits into a square and is no larger than the picture.</summary>
    /// <param name="prepare">Gives the picture's file, or null when there is none. Called when it is this picture's turn, so that waiting pictures take no space.</param>
    /// <param name="side">The square's side in pixels.</param>
    /// <param name="cancellationToken">Cancels the wait for a turn, and the preparation.</param>
    /// <returns>Null when none can be made: no picture, a broken one, or one beyond the bounds.</returns>
    public async Task<Thumbnail?> MakeAsync(Func<Task<string?>> prepare, int side, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            if (await prepare() is not { } path) return null;
            using var patience = new CancellationTokenSource(MostTime, time);
            return await Task.Run(() => Make(path, side, patience.Token), CancellationToken.None);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private delegate int MallocTrim(nuint pad);

    private static Thumbnail? Make(string path, int side, CancellationToken patience)
    {
        var decoded = 0L;
        try
        {
            using (var header = Image.NewFromFile(path, access: Enums.Access.Sequential))
            {
                decoded = DecodedBytes(header);
                if ((long)header.Width * header.Height > MostPixels || decoded > MostDecodedBytes) return null;
            }

            using var small = Image.Thumbnail(path, side, height: side, size: Enums.Size.Down);
            // libvips looks between rows whether it is to stop.
            small.SetProgress(null, patience);
            return new Thumbnail(small.WebpsaveBuffer(q: Quality, effort: 2, keep: Enums.ForeignKeep.None), "image/webp");
        }
        catch (VipsException)
        {
            // Its header is a picture's and the rest isn't, or the time ran out.
            return null;
        }
        finally
        {
            if (decoded > WorthTrimming && Trim is not null) Marshal.GetDelegateForFunctionPointer<MallocTrim>(Trim.Value)(0);
        }
    }

    // An interlaced PNG and a WebP are decoded whole, a progressive JPEG's coefficients (two bytes each) are held whole; all others go by some hundred rows.
    private static long DecodedBytes(Image header)
    {
        var row = (long)header.Width * header.Bands * (header.Format is Enums.BandFormat.Uchar ? 1 : 2);
        var loader = header.Get("vips-loader") as string ?? "";
        if (loader.StartsWith("webp", StringComparison.Ordinal)) return row * header.Height;
        if (!header.Contains("interlaced") && !(header.Contains("jpeg-multiscan") && header.Get("jpeg-multiscan") is not 0)) return row * Math.Min(header.Height, 512);
        return row * header.Height * (loader.StartsWith("jpeg", StringComparison.Ordinal) ? 2 : 1);
    }
}
