namespace Darkroom.Storage.Postgres.Migrations;

/// <summary>One numbered SQL file of <c>migrations/</c>, embedded here.</summary>
/// <param name="Number">Its number; they run in order, without gaps.</param>
/// <param name="Name">Its file name.</param>
/// <param name="Sql">Its text, with LF line ends.</param>
/// <param name="Checksum">Lower-case hex of the text's SHA-256.</param>
public sealed record Migration(int Number, string Name, string Sql, string Checksum);
