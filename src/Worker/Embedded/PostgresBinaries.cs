namespace Darkroom.Worker.Embedded;

/// <summary>Where PostgreSQL's server programs are on this machine.</summary>
/// <param name="Folder">The folder of <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>.</param>
public sealed record PostgresBinaries(string Folder)
{
    /// <summary>What to do where they are missing.</summary>
    public const string Cure =
        "Install PostgreSQL's server (Debian: apt-get install postgresql; macOS: brew install postgresql@17), "
        + "or set ConnectionStrings__Postgres to a database that exists.";

    // Debian's; Homebrew's on Apple silicon and on Intel.
    private static readonly string[] Roots = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"];

    /// <summary>The full path of one of the programs.</summary>
    public string Program(string name) => Path.Combine(Folder, name);

    /// <summary>Looks for them: Debian's and Homebrew's folders, the newest version first, then the path.</summary>
    public static PostgresBinaries? Find() => Find(Candidates(Roots, Environment.GetEnvironmentVariable("PATH") ?? ""));

    /// <summary>The first folder that has the programs.</summary>
    internal static PostgresBinaries? Find(IEnumerable<string> candidates) => candidates
        .Where(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")))
        .Select(folder => new PostgresBinaries(folder))
        .FirstOrDefault();

    /// <summary>The folders to look in, in order.</summary>
    internal static IEnumerable<string> Candidates(IEnumerable<string> roots, string path)
    {
        foreach (var root in roots)
        {
            if (!Directory.Exists(root)) continue;
            var versions = Directory.GetDirectories(root)
                .Select(folder => (Folder: folder, Version: VersionOf(Path.GetFileName(folder))))
                .Where(found => found.Version > 0)
                .OrderByDescending(found => found.Version);
            foreach (var (folder, _) in versions) yield return Path.Combine(folder, "bin");
        }

        foreach (var folder in path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            yield return folder;
    }

    // "15" of Debian, "postgresql@17" of Homebrew.
    private static int VersionOf(string name) =>
        int.TryParse(name.StartsWith("postgresql@", StringComparison.Ordinal) ? name["postgresql@".Length..] : name, out var version) ? version : 0;
}
