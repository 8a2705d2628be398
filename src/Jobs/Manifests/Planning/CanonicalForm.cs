using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>
/// Unicode's canonical decomposition (NFD): texts that look the same and differ in how their accents are written only have the same one. The runtime's own stands still
/// where there is no ICU (<c>InvariantGlobalization</c>, so that the program runs in images without it), hence the table beside this file.
/// </summary>
internal static class CanonicalForm
{
    private const string Resource = "canonical-forms.txt";

    // Hangul syllables are composed by arithmetic (Unicode Standard, chapter 3.12).
    private const int FirstSyllable = 0xAC00, Syllables = 11172, FirstLead = 0x1100, FirstVowel = 0x1161, BeforeTrail = 0x11A7, Vowels = 21, Trails = 28;

    private static readonly Lazy<(FrozenDictionary<int, int[]> Parts, FrozenDictionary<int, int> Classes)> Tables = new(Read);

    /// <summary>The text decomposed. It has to be valid UTF-16.</summary>
    public static string Decompose(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var (parts, classes) = Tables.Value;
        var runes = new List<int>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes()) Add(runes, rune.Value, parts);
        // Marks of one character in the order of their classes; those of one class stay as they stand.
        for (var i = 1; i < runes.Count; i++)
        {
            var mark = classes.GetValueOrDefault(runes[i]);
            for (var j = i; mark != 0 && j > 0 && classes.GetValueOrDefault(runes[j - 1]) > mark; j--) (runes[j - 1], runes[j]) = (runes[j], runes[j - 1]);
        }

        var decomposed = new StringBuilder(runes.Count);
        foreach (var rune in runes) decomposed.Append(new Rune(rune));
        return decomposed.ToString();
    }

    private static void Add(List<int> runes, int rune, FrozenDictionary<int, int[]> parts)
    {
        if (parts.TryGetValue(rune, out var decomposed))
        {
            runes.AddRange(decomposed);
        }
        else if (rune - FirstSyllable is >= 0 and < Syllables and var syllable)
        {
            runes.Add(FirstLead + (syllable / (Vowels * Trails)));
            runes.Add(FirstVowel + (syllable % (Vowels * Trails) / Trails));
            if (syllable % Trails is > 0 and var trail) runes.Add(BeforeTrail + trail);
        }
        else
        {
            runes.Add(rune);
        }
    }

    private static (FrozenDictionary<int, int[]> Parts, FrozenDictionary<int, int> Classes) Read()
    {
        var (parts, classes) = (new Dictionary<int, int[]>(), new Dictionary<int, int>());
        using var stream = typeof(CanonicalForm).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} isn't embedded.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            if (line.Split('-', '=') is [var first, var last, var mark])
            {
                for (var rune = Hex(first); rune <= Hex(last); rune++) classes[rune] = int.Parse(mark, CultureInfo.InvariantCulture);
            }
            else
            {
                var runes = Array.ConvertAll(line.Split(' '), Hex);
                parts[runes[0]] = runes[1..];
            }
        }

        return (parts.ToFrozenDictionary(), classes.ToFrozenDictionary());
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
