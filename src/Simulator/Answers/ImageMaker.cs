using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Darkroom.Simulator.Edits;
using Darkroom.Simulator.Imaging;
using Darkroom.Simulator.Painting;
using Darkroom.Simulator.Sources;

namespace Darkroom.Simulator.Answers;

/// <summary>Makes the images of an answer: painted for the request, or with <see cref="SimulatorOptions.OutputBytes"/> one for all of its kind.</summary>
internal sealed class ImageMaker(int? outputBytes)
{
    private readonly ConcurrentDictionary<(int, int, PictureFormat, bool), Lazy<AnswerImage>> ready = new();

    /// <summary>Makes one image.</summary>
    /// <param name="comment">Goes into PNG and JPEG files, so that each answer's are its own.</param>
    public AnswerImage Make(
        EditRequest request, PaintOrder order, SourcePicture source, SourcePicture? mask, string comment)
    {
        if (outputBytes is { } size)
        {
            return ready.GetOrAdd((order.Width, order.Height, request.Format, order.Transparent), _ => new(() => MakeOnce(request.Format, order, size))).Value;
        }

        var picture = EditPainter.Paint(order, source.Pixels.Value, mask?.Pixels.Value);
        var file = Encode(request.Format, picture, order, comment, 0);
        return new(file, Hash(file));
    }

    private static AnswerImage MakeOnce(PictureFormat format, PaintOrder order, int size)
    {
        var plain = order with { Prompt = "benchmark", Variant = 0, Variants = 1 };
        var picture = EditPainter.Paint(plain, StandInPicture.For("benchmark"u8), null);
        var file = Encode(format, picture, plain, null, size);
        if (file.Length > size)
        {
            // A painted one doesn't become so small; a blank one takes next to nothing.
            file = Encode(format, new Raster(picture.Width, picture.Height), plain, null, size);
        }

        var base64 = new byte[Base64.GetMaxEncodedToUtf8Length(file.Length)];
        Base64.EncodeToUtf8(file, base64, out _, out _);
        return new(file, Hash(file), base64);
    }

    private static byte[] Encode(PictureFormat format, Raster picture, PaintOrder order, string? comment, int padTo)
    {
        switch (format)
        {
            case PictureFormat.Jpeg:
                return JpegEncoder.Encode(picture, order.Scale, comment, padTo);
            case PictureFormat.Webp:
                var colour = new Backdrop(order.Prompt, order.Variant).At(0, 0);
                return WebpEncoder.Encode(order.Width, order.Height, colour, (byte)(order.Transparent ? 0 : 255), padTo);
            default:
                return PngEncoder.Encode(picture, order.Scale, order.Transparent, comment, padTo);
        }
    }

    private static string Hash(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));
}
