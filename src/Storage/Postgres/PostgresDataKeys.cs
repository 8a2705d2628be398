using System.Data;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Keeps the keys that sign cookies. Synchronous, since what asks for them is.</summary>
public sealed class PostgresDataKeys(NpgsqlDataSource database)
{
    /// <summary>All of them, as XML.</summary>
    public IReadOnlyList<string> Read()
    {
        using var command = database.CreateCommand(AccessSql.ListDataKeys);
        using var reader = command.ExecuteReader();
        var keys = new List<string>();
        while (reader.Read()) keys.Add(reader.GetString("xml"));
        return keys;
    }

    /// <summary>Adds one.</summary>
    public void Add(string name, string xml)
    {
        using var command = database.CreateCommand(AccessSql.AddDataKey).With("name", name).With("xml", xml);
        command.ExecuteNonQuery();
    }
}
