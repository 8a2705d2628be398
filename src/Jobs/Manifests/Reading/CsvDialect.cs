using System.Text;
using System.Text.RegularExpressions;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>How a CSV separates its columns: Excel writes semicolons where the decimal mark is a comma, spreadsheets copy tabs, and a first line <c>sep=;</c> says it.</summary>
/// <param name="Separator">Comma, semicolon or tab, or what <c>sep=</c> says.</param>
/// <param name="HeaderAt">How many bytes stand before the header: those of a line <c>sep=</c>.</param>
internal sealed partial record CsvDialect(char Separator, int HeaderAt)
{
    private static readonly char[] Candidates = [',', ';', '\t'];

    /// <param name="start">The first bytes, without a byte order mark.</param>
    /// <param name="allowedOptions">See <see cref="PlanLimits.AllowedOptions"/>.</param>
    public static CsvDialect Of(ReadOnlySpan<byte> start, IReadOnlySet<string> allowedOptions)
    {
        var text = Encoding.UTF8.GetString(start[..Math.Min(start.Length, FormatSniffer.EnoughBytes)]);
        if (SepLine().Match(text) is { Success: true } said) return new CsvDialect(said.Groups["separator"].Value[0], said.Length);

        // The comma unless another one gives more names that are known, or columns where the comma gives none.
        var best = (Separator: ',', Known: -1, Columns: 0);
        foreach (var candidate in Candidates)
        {
            var names = HeaderOf(text, candidate);
            var known = CsvHeader.CountKnown(names, allowedOptions);
            if (known > best.Known || (known == best.Known && best.Columns == 1 && names.Count > 1)) best = (candidate, known, names.Count);
        }

        return new CsvDialect(best.Separator, 0);
    }

    [GeneratedRegex("^\"?sep=(?<separator>[\\x20-\\x7E\\t])\"?(?:\\r\\n|\\n|\\r|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SepLine();

    // The names in the first line that has one.
    private static List<string> HeaderOf(string text, char separator)
    {
        var names = new List<string>();
        var name = new StringBuilder();
        var isQuoted = false;
        foreach (var c in text)
        {
            if (c == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (c == separator && !isQuoted)
            {
                names.Add(name.ToString());
                name.Clear();
            }
            else if (c is '\n' or '\r' && !isQuoted)
            {
                names.Add(name.ToString());
                name.Clear();
                if (names.Exists(n => !string.IsNullOrWhiteSpace(n))) return names;
                names.Clear();
            }
            else
            {
                name.Append(c);
            }
        }

        names.Add(name.ToString());
        return names;
    }
}
