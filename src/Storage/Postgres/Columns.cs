using System.Data;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Columns that are read by name; <see cref="DataReaderExtensions"/> has those that are never null.</summary>
internal static class Columns
{
    public static DateTimeOffset Time(this NpgsqlDataReader reader, string column) => reader.GetFieldValue<DateTimeOffset>(column);

    public static string? TextOrNull(this NpgsqlDataReader reader, string column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static T? ValueOrNull<T>(this NpgsqlDataReader reader, string column) where T : struct => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);
}
