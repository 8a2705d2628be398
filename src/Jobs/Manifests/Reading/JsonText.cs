using System.Text.Json;
using System.Text.Unicode;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>What JSON readers here share.</summary>
internal static class JsonText
{
    /// <summary>
    /// What is wrong with the characters of some JSON, or null. The tokenizer lets through bytes that aren't UTF-8 and escaped halves of a surrogate pair and
    /// fails only when the text is asked for; and no text in a database can hold U+0000. Looked for here once, so that the rest needn't.
    /// </summary>
    /// <param name="json">One value.</param>
    /// <param name="field">The field of an object that it is in, or null.</param>
    public static string? FaultOf(ReadOnlySpan<byte> json, out string? field)
    {
        field = null;
        if (!Utf8.IsValid(json)) return NotUtf8(json);
        if (json.IndexOf("\\u"u8) < 0) return null;
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 }) field = null;
                if (reader.ValueIsEscaped && reader.GetString()!.Contains('\0', StringComparison.Ordinal))
                    return "has the character U+0000 in a string, which can't be stored";
                if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 }) field = ManifestRow.Short(reader.GetString()!);
            }
        }
        catch (InvalidOperationException)
        {
            return "has half of a surrogate pair (\\uD800 to \\uDFFF) in a string";
        }
        catch (JsonException e)
        {
            field = null;
            return Describe(e);
        }

        field = null;
        return null;
    }

    /// <summary>Says that bytes aren't UTF-8, and what they look like: programs that don't save UTF-8 mostly save what Windows calls ANSI.</summary>
    public static string NotUtf8(ReadOnlySpan<byte> bytes)
    {
        var at = FirstBad(bytes);
        return $"is not valid UTF-8: byte {at + 1} is 0x{bytes[at]:X2}, as in a file saved as Windows-1252 (\"ANSI\"); save it as UTF-8, in Excel as \"CSV UTF-8\"";
    }

    private static int FirstBad(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && System.Text.Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done) at += length;
        return Math.Min(at, bytes.Length - 1);
    }

    /// <summary>A syntax error as a reason.</summary>
    public static string Describe(JsonException e)
    {
        var message = e.Message;
        foreach (var tail in (ReadOnlySpan<string>)[" Change the reader options", " LineNumber:", " Path:"])
            if (message.IndexOf(tail, StringComparison.Ordinal) is var at and > 0) message = message[..at];
        return $"is not valid JSON at byte {e.BytePositionInLine + 1} of the line: {message}";
    }

    /// <summary>A token's type in words.</summary>
    public static string KindOf(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        _ => "null",
    };

    /// <summary>A string, number or boolean as text, numbers as they are written; null for anything else, which is skipped.</summary>
    public static string? Scalar(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            default:
                reader.Skip();
                return null;
        }
    }
}
