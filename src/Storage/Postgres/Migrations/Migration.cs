namespace Darkroom.Storage.Postgres.Migrations;

/// <summary>One numbered SQL file of <c>migrations/</c>, embedded here.</summary>
/// <param name="Number">Its number; they run in order, without gaps.</param>
/// <param name="Name">Its file name.</param>
/// <param name="Sql">Its text, with LF line ends.</param>
/// <param name="Checksum">Lower-case hex of the text's SHA-256.</param>
public sealed record Migration(int Number, string Name, string Sql, string Checksum)
{
    /// <summary>The first line of a migration that programs of the version before can bear: what it adds they neither see nor miss.</summary>
    public const string CompatibleMark = "-- compatible\n";

    /// <summary>Whether it may run under workers of the version before.</summary>
    public bool IsCompatible => Sql.StartsWith(CompatibleMark, StringComparison.Ordinal);
}
