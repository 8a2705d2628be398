using System.Text.Json;

namespace Darkroom.Jobs.Editing;

/// <summary>Compares names as they stand in JSON, with quotes and maybe escapes.</summary>
internal static class JsonNames
{
    /// <summary>Whether a quoted JSON string, escapes undone, is <paramref name="name"/>.</summary>
    public static bool Matches(ReadOnlySpan<byte> quoted, ReadOnlySpan<byte> name)
    {
        // Every character can be written as \uXXXX, six bytes.
        if (quoted.Length < name.Length + 2 || quoted.Length > (name.Length * 6) + 2) return false;
        if (quoted.IndexOf((byte)'\\') < 0) return quoted[1..^1].SequenceEqual(name);
        try
        {
            var reader = new Utf8JsonReader(quoted);
            return reader.Read() && reader.ValueTextEquals(name);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A broken escape, or half a surrogate pair: no name that we know. Whether the document is JSON at all is the parser's to say.
            return false;
        }
    }
}
