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

    /// <summary>
    /// The known name that a name is a slip of, or null: it differs by case, spaces, hyphens, underscores or a plural, or by one edit, two in names of eight letters or more.
    /// Names of up to three letters are slips only of themselves: one edit makes another word of them.
    /// </summary>
    public static string? Meant(string name, IEnumerable<string> known)
    {
        if (name.Length > 64) return null;
        string? meant = null;
        var (least, leastPlain) = (int.MaxValue, int.MaxValue);
        var bare = Bare(name);
        foreach (var candidate in known)
        {
            var other = Bare(candidate);
            var distance = Distance(bare, other);
            if (distance > other.Length switch { <= 3 => 0, < 8 => 1, _ => 2 }) continue;
            // Of image and images, "Images" means the one that it is as it stands.
            var plain = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if ((distance, plain).CompareTo((least, leastPlain)) < 0) (meant, least, leastPlain) = (candidate, distance, plain);
        }

        return meant;
    }

    private static string Bare(string name)
    {
        var bare = string.Concat(name.Where(c => c is not ('_' or '-') && !char.IsWhiteSpace(c))).ToUpperInvariant();
        return bare.Length > 2 && bare.EndsWith('S') ? bare[..^1] : bare;
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
