using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Darkroom.Simulator.Pictures;
using Darkroom.Simulator.Requests;
using Darkroom.Simulator.Sources;

namespace Darkroom.Simulator.Edits;

/// <summary>An image ready to be sent.</summary>
/// <param name="File">Its bytes.</param>
/// <param name="Sha256">Of the bytes, lower-case hex.</param>
/// <param name="Base64">The bytes as base64, when that was made once for many answers; else null.</param>
internal sealed record AnswerImage(byte[] File, string Sha256, byte[]? Base64 = null);

/// <summary>Makes the images of an answer: painted for the request, or with <see cref="SimulatorOptions.OutputBytes"/> one for all of its kind.</summary>
internal sealed class ImageMaker(int? outputBytes)
{
    private readonly ConcurrentDictionary<(int Width, int Height, PictureFormat Format, bool Transparent), Lazy<AnswerImage>> ready = new();

    /// <summary>Makes one image.</summary>
    /// <param name="about">Goes into the file, so that each answer's files are its own.</param>
    public AnswerImage Make(EditRequest request, PaintOrder order, SourcePicture source, SourcePicture? mask, string about)
    {
        if (outputBytes is { } size)
        {
            return ready.GetOrAdd((order.Width, order.Height, request.Format, order.Transparent), kind => new(() => MakeOnce(kind.Format, order, size))).Value;
        }

        using var picture = EditPainter.Paint(order, source.Pixels.Value, mask?.Pixels.Value);
        var file = PictureFile.Encode(picture, request.Format, request.Compression, about);
        return new(file, Hash(file));
    }

    private static AnswerImage MakeOnce(PictureFormat format, PaintOrder order, int size)
    {
        const string about = "simulated";
        using var picture = EditPainter.Paint(order with { Prompt = "benchmark", Variant = 0, Variants = 1 }, ShopCatalogue.FindPicture("mug.png")!.Pixels.Value, null);
        var file = PictureFile.Encode(picture, format, 50, about);
        // A painted picture doesn't become so small; a blank one takes next to nothing.
        if (file.Length > size) file = PictureFile.EncodeBlank(order.Width, order.Height, order.Transparent, format, about);
        file = Padding.Pad(file, format, size);
        var base64 = new byte[Base64.GetMaxEncodedToUtf8Length(file.Length)];
        Base64.EncodeToUtf8(file, base64, out _, out _);
        return new(file, Hash(file), base64);
    }

    private static string Hash(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));
}

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
