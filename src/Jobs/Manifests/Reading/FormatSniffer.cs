using System.Text.Json;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Tells a manifest's form by how it begins, for a name that doesn't.</summary>
internal static class FormatSniffer
{
    /// <summary>How many bytes are looked at.</summary>
    public const int EnoughBytes = 64 * 1024;

    /// <param name="start">The first bytes, without a byte order mark.</param>
    /// <param name="isAll">Whether they are all.</param>
    public static ManifestFormat Guess(ReadOnlySpan<byte> start, bool isAll)
    {
        var text = start.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty || text[0] is not ((byte)'{' or (byte)'[')) return ManifestFormat.Csv;
        return text[0] == '[' || IsDocument(text, isAll) ? ManifestFormat.Json : ManifestFormat.JsonLines;
    }

    // A document says items at its top, or its first object runs over several lines; else the object is the first of many.
    private static bool IsDocument(ReadOnlySpan<byte> text, bool isAll)
    {
        var reader = new Utf8JsonReader(text, isAll, default);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 0) break;
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("items"u8)) return true;
            }
        }
        catch (JsonException)
        {
            // Broken either way; the reader for the form says how.
        }

        return text[..(int)reader.BytesConsumed].Contains((byte)'\n');
    }
}
