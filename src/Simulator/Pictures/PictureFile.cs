using System.Text;
using NetVips;

namespace Darkroom.Simulator.Pictures;

/// <summary>A format that answers come in, by its API name.</summary>
internal enum PictureFormat
{
    /// <summary><c>png</c></summary>
    Png,

    /// <summary><c>jpeg</c></summary>
    Jpeg,

    /// <summary><c>webp</c></summary>
    Webp,
}

/// <summary>What a picture file's own header says.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
internal sealed record PictureInfo(PictureFormat Format, int Width, int Height, bool HasAlpha);

/// <summary>A decoded picture: 8-bit red, green, blue and alpha, row by row. It lives in managed memory, so that the garbage collector sees its size.</summary>
internal sealed record Pixels(byte[] Rgba, int Width, int Height)
{
    /// <summary>The picture for libvips; the caller disposes it.</summary>
    public Image ToImage()
    {
        using var raw = Image.NewFromMemory(Rgba, Width, Height, 4, Enums.BandFormat.Uchar);
        return raw.Copy(interpretation: Enums.Interpretation.Srgb);
    }
}

/// <summary>Reads and writes picture files with libvips.</summary>
internal static class PictureFile
{
    /// <summary>The longest edge, in pixels, at which a source is worked on; a larger one is shrunk while it is decoded.</summary>
    private const int MaxEdge = 1024;

    /// <summary>The most pixels that are decoded; of a larger picture only the header is read.</summary>
    private const long MaxPixels = 50_000_000;

    // The settings are the whole process's. The worker's thumbnails set the same ones: a process may hold both.
    static PictureFile()
    {
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
        NetVips.NetVips.BlockUntrusted = true;
    }

    /// <summary>Reads the header.</summary>
    /// <returns>Null when the bytes are none of the three formats, or their header is damaged.</returns>
    public static PictureInfo? ReadInfo(byte[] file)
    {
        if (FormatOf(file) is not { } format) return null;
        try
        {
            using var header = Image.NewFromBuffer(file, access: Enums.Access.Sequential);
            return new(format, header.Width, header.Height, header.HasAlpha());
        }
        catch (VipsException)
        {
            return null;
        }
    }

    /// <summary>Decodes a picture, shrunk to 1,024 pixels at its longest edge.</summary>
    /// <returns>Null when it has more pixels than are decoded.</returns>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static Pixels? Decode(byte[] file)
    {
        try
        {
            using var image = Image.NewFromBuffer(file, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
            if ((long)image.Width * image.Height > MaxPixels) return null;
            using var small = Math.Max(image.Width, image.Height) > MaxEdge ? image.ThumbnailImage(MaxEdge, height: MaxEdge) : image.Copy();
            using var srgb = small.Colourspace(Enums.Interpretation.Srgb);
            using var rgba = srgb.HasAlpha() ? srgb.Copy() : srgb.AddAlpha();
            using var bytes = rgba.Cast(Enums.BandFormat.Uchar);
            return new(bytes.WriteToMemory<byte>(), bytes.Width, bytes.Height);
        }
        catch (VipsException e)
        {
            throw new InvalidDataException(e.Message.Split('\n').Last(line => line.Length > 0), e);
        }
    }

    /// <summary>Writes a picture as a file.</summary>
    /// <param name="quality">0 to 100; PNG has none.</param>
    /// <param name="about">A description that goes into the file, and makes equal pictures of different answers different files.</param>
    public static byte[] Encode(Image picture, PictureFormat format, int quality, string about)
    {
        using var described = picture.Mutate(image => image.Set(GValue.BlobType, "xmp-data", Xmp(about)));
        return format switch
        {
            PictureFormat.Jpeg => described.JpegsaveBuffer(q: Math.Max(quality, 1), keep: Enums.ForeignKeep.Xmp),
            PictureFormat.Webp => described.WebpsaveBuffer(q: quality, effort: 0, keep: Enums.ForeignKeep.Xmp),
            _ => described.PngsaveBuffer(compression: 1, filter: Enums.ForeignPngFilter.Sub, keep: Enums.ForeignKeep.Xmp),
        };
    }

    /// <summary>Writes a picture of one colour in as few bytes as the format can.</summary>
    public static byte[] EncodeBlank(int width, int height, bool alpha, PictureFormat format, string about)
    {
        using var black = Image.Black(width, height, bands: alpha ? 4 : 3);
        using var blank = black.Copy(interpretation: Enums.Interpretation.Srgb);
        using var described = blank.Mutate(image => image.Set(GValue.BlobType, "xmp-data", Xmp(about)));
        return format switch
        {
            PictureFormat.Jpeg => described.JpegsaveBuffer(q: 50, optimizeCoding: true, keep: Enums.ForeignKeep.Xmp),
            PictureFormat.Webp => described.WebpsaveBuffer(lossless: true, effort: 0, keep: Enums.ForeignKeep.Xmp),
            _ => described.PngsaveBuffer(compression: 9, filter: Enums.ForeignPngFilter.None, keep: Enums.ForeignKeep.Xmp),
        };
    }

    private static PictureFormat? FormatOf(ReadOnlySpan<byte> file) => file switch
    {
        [0x89, 0x50, 0x4E, 0x47, ..] => PictureFormat.Png,
        [0xFF, 0xD8, 0xFF, ..] => PictureFormat.Jpeg,
        [0x52, 0x49, 0x46, 0x46, _, _, _, _, 0x57, 0x45, 0x42, 0x50, ..] => PictureFormat.Webp,
        _ => null,
    };

    private static byte[] Xmp(string about) => Encoding.UTF8.GetBytes(
        $"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="{about}"/></rdf:RDF></x:xmpmeta>""");
}
