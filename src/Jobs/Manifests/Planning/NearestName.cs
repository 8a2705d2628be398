namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>Finds what someone who mistyped a name most likely meant.</summary>
public static class NearestName
{
    /// <summary><c>; did you mean "x"?</c> when a name is near, or an empty text.</summary>
    public static string Hint(string name, IEnumerable<string> known) => Find(name, known) is { } nearest ? $"; did you mean \"{nearest}\"?" : "";

    /// <summary>The known name with the fewest edits to <paramref name="name"/>, or null when none is within a third of its length.</summary>
    public static string? Find(string name, IEnumerable<string> known)
    {
        // Nobody mistypes a name of a hundred letters into a known one, and the comparison is quadratic.
        if (name.Length > 64) return null;
        string? nearest = null;
        var least = Math.Max(1, name.Length / 3) + 1;
        foreach (var candidate in known)
        {
            var distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < least) (nearest, least) = (candidate, distance);
        }

        return nearest;
    }

    // Levenshtein's, with two neighbours swapped counted as one edit.
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var edit = a[i - 1] == b[j - 1] ? 0 : 1;
                table[i, j] = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + edit);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[a.Length, b.Length];
    }
}
