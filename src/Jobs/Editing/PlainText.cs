using System.Buffers;
using System.Text;

namespace Darkroom.Jobs.Editing;

/// <summary>The rules for text from outside: what can be stored, and what may reach a terminal, a log or a file.</summary>
public static class PlainText
{
    // Control characters but newline and tab; the bidirectional overrides and isolates, by which a text shows otherwise than it is; and surrogates, which may lack their other half.
    private static readonly SearchValues<char> Doubtful = SearchValues.Create(
        [.. Enumerable.Range(0, 0x10000).Select(code => (char)code).Where(c => (char.IsControl(c) && c is not ('\n' or '\t')) || IsOverride(c) || char.IsSurrogate(c))]);

    /// <summary>What keeps PostgreSQL from storing a text, in a sentence without its subject; or null.</summary>
    public static string? FaultOf(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0')) return "has the character U+0000, which can't be stored";
        for (var at = text.IndexOfAnyInRange('\ud800', '\udfff'); at < text.Length && at >= 0; at++)
        {
            if (!char.IsSurrogate(text[at])) continue;
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1])) return "has half of a surrogate pair (U+D800 to U+DFFF), which can't be stored";
            at++;
        }

        return null;
    }

    /// <summary>Whether a text is shown as it is: <see cref="Clean"/> would change nothing.</summary>
    public static bool IsClean(ReadOnlySpan<char> text) => !text.ContainsAny(Doubtful);

    /// <summary>The text with a space for each control character and each bidirectional override, and U+FFFD for half a surrogate pair. Newlines (also CR LF) and tabs stay.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsClean(text)) return text;
        var clean = new StringBuilder(text.Length);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var isLineEnd = rune.Value == '\r' && at + 1 < text.Length && text[at + 1] == '\n';
            if (rune.Value is '\n' or '\t' || isLineEnd || !(Rune.IsControl(rune) || (rune.IsBmp && IsOverride((char)rune.Value)))) clean.Append(rune.ToString());
            else clean.Append(' ');
            at += rune.Utf16SequenceLength;
        }

        return clean.ToString();
    }

    private static bool IsOverride(char c) => c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
