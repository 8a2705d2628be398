using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Darkroom.Storage.Postgres.Migrations;

/// <summary>The migrations that this program carries.</summary>
public static class MigrationCatalog
{
    private const string Prefix = "migrations/";

    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } = Load(typeof(MigrationCatalog).Assembly);

    /// <summary>Makes a migration of a file's name and text.</summary>
    /// <exception cref="FormatException">The name doesn't begin with a number of four digits.</exception>
    public static Migration Create(string name, string text)
    {
        if (name.Length < 6 || name[4] != '_' || !int.TryParse(name.AsSpan(0, 4), out var number))
            throw new FormatException($"Migration '{name}' must be named like 0001_what_it_does.sql.");
        var sql = text.ReplaceLineEndings("\n");
        return new Migration(number, name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    }

    private static Migration[] Load(Assembly assembly) =>
        [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return Create(name[Prefix.Length..], reader.ReadToEnd());
            })
            .OrderBy(migration => migration.Number)];
}
