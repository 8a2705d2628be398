using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Darkroom.Jobs.Manifests;

/// <summary>
/// Where an item's images go: a path with <c>/</c> between folders, safe in blob stores and file systems, without the image's number and extension.
/// </summary>
public static class OutputNames
{
    /// <summary>The longest folder or file name in UTF-8 bytes; leaves room for number, attempt and extension within the 255 of common file systems.</summary>
    public const int MaxSegmentBytes = 200;

    /// <summary>The longest path in UTF-8 bytes; leaves room for the batch's folder within the 1,024 characters of a blob's name.</summary>
    public const int MaxBytes = 900;

    private const int KeptOfLongId = 150;

    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
    private static readonly SearchValues<char> PlainPath = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/");
    private static readonly SearchValues<char> Reserved = SearchValues.Create("\\:*?\"<>|");
    private static readonly string[] ImageEndings = [".png", ".jpg", ".webp"];

    /// <summary>
    /// The name of an item that says none: its id, where <c>A–Z a–z 0–9 _ -</c> and inner <c>.</c> stand for themselves and every other byte of its UTF-8
    /// is <c>=XX</c>. Different ids give different names. Past 200 bytes the start is kept, then <c>==</c> and 128 bits of the id's SHA-256 follow;
    /// <c>==</c> is in no other name, since two hex digits follow any other <c>=</c>.
    /// </summary>
    public static string FromId(string id)
    {
        if (id.Length <= MaxSegmentBytes && !id.AsSpan().ContainsAnyExcept(Plain)) return id;
        var name = new StringBuilder(id.Length + 16);
        var bytes = Encoding.UTF8.GetBytes(id);
        for (var i = 0; i < bytes.Length; i++)
        {
            var c = (char)bytes[i];
            if (Plain.Contains(c) || (c == '.' && i > 0 && i < bytes.Length - 1)) name.Append(c);
            else name.Append('=').Append(bytes[i].ToString("X2"));
        }

        if (name.Length <= MaxSegmentBytes) return name.ToString();
        return $"{name.ToString(0, KeptOfLongId)}=={Convert.ToHexString(SHA256.HashData(bytes).AsSpan(0, 16))}";
    }

    /// <summary>What is wrong with a name that a manifest gives, in a sentence without its subject, or null.</summary>
    public static string? FaultOf(string name)
    {
        if (name.Length == 0) return "must not be empty";
        if (IsPlainPath(name)) return null;
        if (name.EnumerateRunes().Any(r => r == Rune.ReplacementChar) || Encoding.UTF8.GetByteCount(name) > MaxBytes)
            return $"must be valid text of at most {MaxBytes} bytes";
        if (name.AsSpan().ContainsAny(Reserved) || name.Any(char.IsControl)) return "must not contain \\ : * ? \" < > | or control characters";
        var segments = name.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            if (segment.Length == 0) return "must not begin or end with / or have two in a row";
            if (segment[0] is '.' or ' ' || segment[^1] is '.' or ' ')
                return $"must have no folder or file name that begins or ends with a dot or a space, such as \"{Short(segment)}\"";
            if (Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes) return $"must have no folder or file name over {MaxSegmentBytes} bytes";

            if (i < segments.Length - 1 && IsDevice(segment)) return $"must have no folder named like a device of Windows, such as \"{segment}\"";

            // In a file system a folder a-1.png would take the place of item a's first image.
            if (i < segments.Length - 1 && LooksLikeImage(segment))
                return $"must have no folder named like an image, such as \"{Short(segment)}\"";
        }

        return null;
    }

    /// <summary>Whether a name ends as an image's does; .png, .jpg and .webp.</summary>
    internal static bool LooksLikeImage(string segment) => ImageEndings.Any(e => segment.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether Windows takes a name for a device, whatever follows its first dot ("Naming Files, Paths, and Namespaces").</summary>
    internal static bool IsDevice(string segment)
    {
        var name = segment.AsSpan(0, segment.IndexOf('.') is var dot and >= 0 ? dot : segment.Length).TrimEnd(' ');
        return name.Length switch
        {
            3 => name.Equals("CON", StringComparison.OrdinalIgnoreCase) || name.Equals("PRN", StringComparison.OrdinalIgnoreCase)
                || name.Equals("AUX", StringComparison.OrdinalIgnoreCase) || name.Equals("NUL", StringComparison.OrdinalIgnoreCase),
            4 => char.IsAsciiDigit(name[3]) && (name.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || name.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)),
            _ => false,
        };
    }

    /// <summary>A segment of at most <see cref="MaxSegmentBytes"/>: its start, <c>==</c> and 128 bits of its SHA-256 when it is longer. Different ones stay different.</summary>
    internal static string Fit(string segment)
    {
        var bytes = Encoding.UTF8.GetBytes(segment);
        if (bytes.Length <= MaxSegmentBytes) return segment;
        var kept = 0;
        foreach (var rune in segment.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(segment.AsSpan(0, kept + rune.Utf16SequenceLength)) > KeptOfLongId) break;
            kept += rune.Utf16SequenceLength;
        }

        return $"{segment[..kept]}=={Convert.ToHexString(SHA256.HashData(bytes).AsSpan(0, 16))}";
    }

    // Says yes at once to what most manifests give.
    private static bool IsPlainPath(string name) =>
        name.Length <= MaxSegmentBytes && !name.AsSpan().ContainsAnyExcept(PlainPath)
        && name[0] != '/' && name[^1] != '/' && !name.Contains("//", StringComparison.Ordinal)
        && (!name.Contains('/') || !name.Split('/')[..^1].Any(IsDevice));

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
