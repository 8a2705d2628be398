namespace Darkroom.Storage.Images;

/// <summary>Which paths may name an image in a store. The rules are the same for every store, so that batches can move between them.</summary>
internal static class ImagePaths
{
    /// <summary>
    /// True for relative paths with forward slashes that stay below the store's root, on every file system and in a URL. A leading dot in the
    /// first segment is the store's own (<c>.tmp</c>, <c>.meta</c>, <c>.probe</c>).
    /// </summary>
    public static bool IsSafe(string path)
    {
        if (path.Length == 0 || path[0] == '.' || Path.IsPathRooted(path)) return false;
        foreach (var letter in path)
            if (letter == '\\' || char.IsControl(letter)) return false;
        foreach (var segment in path.AsSpan().Split('/'))
            if (path.AsSpan(segment) is "" or "." or "..") return false;
        return true;
    }

    /// <summary>The path itself.</summary>
    /// <exception cref="ArgumentException">It isn't safe: whoever planned the item let it through.</exception>
    public static string Require(string path) =>
        IsSafe(path) ? path : throw new ArgumentException($"'{path}' can't be the path of an image: it has to stay inside the store.", nameof(path));
}
