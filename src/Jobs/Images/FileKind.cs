using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Darkroom.Jobs.Images;

/// <summary>Names what a file is by its first bytes, for people: what servers answer instead of an image.</summary>
public static class FileKind
{
    /// <summary>What it is, such as <c>an HTML page</c> or <c>JSON</c>.</summary>
    public static string Of(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty) return "an empty file";
        if (head.StartsWith("%PDF"u8)) return "a PDF";
        if (head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8)) return "a TIFF image";
        if (head.StartsWith("BM"u8) && head.Length > 10 && head[6..10].IndexOfAnyExcept((byte)0) < 0) return "a BMP image";
        if (head.StartsWith("PK\u0003\u0004"u8)) return "a ZIP archive";
        if (head is [0x1F, 0x8B, ..]) return "a gzip file";
        if (head is [0xFF, 0x0A, ..] || (head.Length >= 8 && head[4..8].SequenceEqual("JXL "u8))) return "a JPEG XL image";
        if (head.Length >= 8 && head[4..8].SequenceEqual("ftyp"u8)) return "a HEIC image or a video";
        if (!IsText(head)) return "a file of no known kind";
        var text = Text(head);
        if (text is ['{' or '[', ..]) return "JSON";
        if (text is not ['<', ..]) return "text";
        if (Has(text, "<!doctype html") || Has(text, "<html")) return "an HTML page";
        return Has(text, "<svg") ? "an SVG" : "XML";
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
    public static string Text(ReadOnlySpan<byte> head) => Encoding.UTF8.GetString(head).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');

    /// <summary>Whether the first twelve bytes are those of an AVIF. One that names itself by a general brand (<c>mif1</c>) isn't told from a HEIC.</summary>
    internal static bool IsAvif(ReadOnlySpan<byte> start) =>
        start.Length >= 12 && BinaryPrimitives.ReadUInt32BigEndian(start) is >= 16 and < 1024 && start[4..8].SequenceEqual("ftyp"u8)
        && (start[8..12].SequenceEqual("avif"u8) || start[8..12].SequenceEqual("avis"u8));

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
