using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Darkroom.Jobs.Images;

/// <summary>What a file is by its first bytes, whatever its name says: so that a refusal can call it by its name and tell the cure.</summary>
/// <param name="Id">A short name: <c>png</c>, <c>jpeg</c>, <c>webp</c>, <c>gif</c>, <c>heic</c>, <c>html</c>, <c>zip</c>, <c>xlsx</c>, <c>text</c>, <c>empty</c>, <c>unknown</c> ….</param>
/// <param name="What">What to call it, with its article.</param>
/// <param name="Cure">How to get an image from it that can be sent, or an empty text.</param>
public sealed record FileKind(string Id, string What, string Cure = "")
{
    /// <summary>How many leading bytes are looked at.</summary>
    public const int EnoughBytes = 4096;

    private const string Convert = "save it as PNG or JPEG";
    private const string ImageItself = "give the image itself";

    private static readonly FileKind
        Empty = new("empty", "an empty file", "download or copy it again"),
        Zeros = new("zeros", "a file of zeros, as an interrupted download or copy leaves it", "download or copy it again"),
        Unknown = new("unknown", "a file of another kind"),
        Png = new("png", "a PNG image"),
        CgBI = new("png-cgbi", "a PNG that Xcode optimised for iOS (CgBI), which other programs can't read", "revert it with \"pngcrush -revert-iphone-optimizations\", or take it from the asset catalogue's source"),
        Jpeg = new("jpeg", "a JPEG image"),
        Webp = new("webp", "a WebP image"),
        Gif = new("gif", "a GIF image", Convert),
        Bmp = new("bmp", "a BMP image", Convert),
        Tiff = new("tiff", "a TIFF image or a camera's raw file", "export it as PNG or JPEG"),
        Raw = new("raw", "a camera's raw file", "export it as PNG or JPEG"),
        Heic = new("heic", "a HEIC image, as iPhones take them", "export it as JPEG or PNG"),
        Avif = new("avif", "an AVIF image", Convert),
        JpegXl = new("jxl", "a JPEG XL image", Convert),
        Jpeg2000 = new("jp2", "a JPEG 2000 image", Convert),
        Icon = new("ico", "an icon file (ICO)", Convert),
        Psd = new("psd", "a Photoshop document (PSD)", "export it as PNG or JPEG"),
        Svg = new("svg", "an SVG drawing", "export it as PNG"),
        PostScript = new("eps", "a PostScript file (EPS, AI)", "export it as PNG"),
        Pdf = new("pdf", "a PDF document", "export the page as PNG or JPEG"),
        Video = new("video", "a video", ImageItself),
        Html = new("html", "an HTML page, such as a login or an error page", "give the address of the image itself, which opens without a login"),
        Xml = new("xml", "an XML document, perhaps a server's error message", ImageItself),
        Json = new("json", "a JSON text, perhaps a server's error message", ImageItself),
        LfsPointer = new("lfs", "a Git LFS pointer in place of the file", "run \"git lfs pull\""),
        Text = new("text", "a text", ImageItself),
        Utf16 = new("utf-16", "a text in UTF-16", ImageItself),
        Zip = new("zip", "a ZIP archive", "unpack it"),
        Archive = new("archive", "a compressed archive", "unpack it"),
        Xlsx = new("xlsx", "an Excel workbook (.xlsx)", ImageItself),
        Xls = new("xls", "an old Office document, such as an Excel workbook (.xls)", ImageItself),
        Ods = new("ods", "an OpenDocument file, such as a LibreOffice spreadsheet (.ods)", ImageItself),
        Numbers = new("numbers", "an Apple iWork document, such as a Numbers spreadsheet", ImageItself),
        Docx = new("docx", "a Word or PowerPoint document", ImageItself),
        AppleDouble = new("appledouble", "a macOS companion file (\"._…\") without an image in it", "give the file without \"._\"");

    /// <summary>Whether the endpoint takes files of this kind as input.</summary>
    public bool IsInputImage => Id is "png" or "jpeg" or "webp";

    /// <summary>Whether it is a kind of image, taken or not, that a decoder could show.</summary>
    public bool IsImage => IsInputImage || Id is "png-cgbi" or "gif" or "bmp" or "tiff" or "raw" or "heic" or "avif" or "jxl" or "jp2" or "ico" or "psd" or "svg";

    /// <summary>Why a file can't be an input image whose header wasn't readable, in a sentence without its subject.</summary>
    public string NotInputImage => IsInputImage
        ? $"is {What}, but breaks off or is damaged before its size; download or export it again"
        : $"is {What}, not a PNG, JPEG or WebP image{(Cure.Length == 0 ? "" : $"; {Cure}")}";

    /// <summary>Recognises a file by its first bytes; <see cref="EnoughBytes"/> of them are enough.</summary>
    public static FileKind Of(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty) return Empty;
        head = head[..Math.Min(head.Length, EnoughBytes)];
        return OfSignature(head) ?? OfText(head);
    }

    /// <summary>Whether it can be shown as text.</summary>
    public static bool IsText(ReadOnlySpan<byte> head)
    {
        if (head.IndexOfAnyInRange((byte)0, (byte)8) >= 0) return false;
        // The head may end inside a character of up to four bytes.
        for (var cut = 0; cut < 4 && cut <= head.Length; cut++)
            if (Utf8.IsValid(head[..^cut])) return true;
        return false;
    }

    /// <summary>The head as text, without a byte order mark and space in front.</summary>
    public static string TextOf(ReadOnlySpan<byte> head) => Encoding.UTF8.GetString(head).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');

    /// <summary>Whether the first twelve bytes are those of an AVIF. One that names itself by a general brand (<c>mif1</c>) isn't told from a HEIC.</summary>
    internal static bool IsAvif(ReadOnlySpan<byte> start) =>
        start.Length >= 12 && BinaryPrimitives.ReadUInt32BigEndian(start) is >= 16 and < 1024 && start[4..8].SequenceEqual("ftyp"u8)
        && (start[8..12].SequenceEqual("avif"u8) || start[8..12].SequenceEqual("avis"u8));

    private static FileKind? OfSignature(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])) return head.Length >= 16 && head[12..16].SequenceEqual("CgBI"u8) ? CgBI : Png;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return Jpeg;
        if (head.Length >= 12 && head.StartsWith("RIFF"u8)) return head[8..12].SequenceEqual("WEBP"u8) ? Webp : head[8..12].SequenceEqual("AVI "u8) ? Video : Unknown;
        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8)) return Gif;
        if (head.Length >= 18 && head.StartsWith("BM"u8) && BinaryPrimitives.ReadUInt32LittleEndian(head[14..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124) return Bmp;
        if (head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8) || head.StartsWith("II+\0"u8) || head.StartsWith("MM\0+"u8)) return head.Length >= 10 && head[8..10].SequenceEqual("CR"u8) ? Raw : Tiff;
        if (head.StartsWith("FUJIFILMCCD-RAW"u8) || head.StartsWith("IIRO"u8) || head.StartsWith("IIU\0"u8)) return Raw;
        if (head.Length >= 12 && head[4..8].SequenceEqual("ftyp"u8)) return OfBrands(head);
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A]) || (head.Length >= 8 && head[4..8].SequenceEqual("JXL "u8))) return JpegXl;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]) || (head.Length >= 8 && head[4..8].SequenceEqual("jP  "u8))) return Jpeg2000;
        if (head.StartsWith("8BPS"u8)) return Psd;
        if (head.StartsWith("%!PS"u8) || head.StartsWith((ReadOnlySpan<byte>)[0xC5, 0xD0, 0xD3, 0xC6])) return PostScript;
        if (head[..Math.Min(head.Length, 1024)].IndexOf("%PDF-"u8) >= 0) return Pdf;
        if (head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8)) return OfZip(head);
        if (head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])) return Xls;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) || head.StartsWith("Rar!"u8) || head.StartsWith((ReadOnlySpan<byte>)[(byte)'7', (byte)'z', 0xBC, 0xAF])) return Archive;
        if (head.StartsWith((ReadOnlySpan<byte>)[0, 5, 0x16, 7])) return AppleDouble;
        if (head.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0])) return Icon;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3])) return Video;
        return head.ContainsAnyExcept((byte)0) ? null : Zeros;
    }

    // HEIC, AVIF, Canon's CR3 and films share a container; its brands tell them apart, and a major brand "mif1" leaves it to the compatible ones.
    private static FileKind OfBrands(ReadOnlySpan<byte> head)
    {
        var end = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(head), (uint)head.Length);
        FileKind? kind = null;
        for (var at = 8; at + 4 <= end; at += 4)
        {
            var brand = head[at..(at + 4)];
            if (brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8)) return Avif;
            if (brand.SequenceEqual("crx "u8)) return Raw;
            if (brand[..3].SequenceEqual("hei"u8) || brand[..3].SequenceEqual("hev"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8)) kind = Heic;
        }

        return kind ?? Video;
    }

    private static FileKind OfZip(ReadOnlySpan<byte> head) =>
        head.IndexOf("opendocument"u8) >= 0 ? Ods
        : head.IndexOf("Index/"u8) >= 0 && head.IndexOf(".iwa"u8) >= 0 ? Numbers
        : head.IndexOf("xl/"u8) >= 0 ? Xlsx
        : head.IndexOf("word/"u8) >= 0 || head.IndexOf("ppt/"u8) >= 0 ? Docx
        : head.IndexOf("[Content_Types].xml"u8) >= 0 ? Xlsx
        : Zip;

    private static FileKind OfText(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return Utf16;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) head = head[3..];
        foreach (var value in head)
            if (value < 0x20 && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C or 0x1B)) return Unknown;
        // Latin-1 gives every byte a character, so a text in any encoding that keeps ASCII can be looked at.
        var text = Encoding.Latin1.GetString(head).AsSpan().TrimStart();
        if (text.StartsWith("version https://git-lfs")) return LfsPointer;
        if (text.IsEmpty) return Text;
        return text[0] switch
        {
            '<' => OfMarkup(text),
            '{' or '[' => Json,
            _ => Text,
        };
    }

    private static FileKind OfMarkup(ReadOnlySpan<char> text)
    {
        var isXml = text.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase);
        // The first element names the document; before it may stand declarations and comments.
        while (text.StartsWith("<?") || text.StartsWith("<!"))
        {
            if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)) return Html;
            if (text.StartsWith("<!doctype svg", StringComparison.OrdinalIgnoreCase)) return Svg;
            var (end, length) = text.StartsWith("<!--") ? (text.IndexOf("-->"), 3) : (text.IndexOf('>'), 1);
            if (end < 0) break;
            text = text[(end + length)..].TrimStart();
        }

        if (text.StartsWith("<svg", StringComparison.OrdinalIgnoreCase)) return Svg;
        foreach (var tag in (ReadOnlySpan<string>)["<html", "<head", "<body", "<meta", "<script", "<title", "<div", "<p>", "<h1", "<center", "<table", "<pre", "<a "])
            if (text.StartsWith(tag, StringComparison.OrdinalIgnoreCase)) return Html;
        return isXml || text.StartsWith("<") ? Xml : Text;
    }
}
