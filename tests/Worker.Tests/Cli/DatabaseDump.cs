using System.Text;
using Npgsql;

namespace Darkroom.Worker.Tests.Cli;

/// <summary>Every row of every table, as text, behind its table's name.</summary>
internal static class DatabaseDump
{
    public static async Task<string> ReadAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var tables = new List<string>();
        await using (var command = database.CreateCommand(
            "select format('%I.%I', table_schema, table_name) from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) tables.Add(reader.GetString(0));
        }

        tables.ShouldContain("public.attempt");
        var dump = new StringBuilder();
        foreach (var table in tables)
        {
            dump.AppendLine(table);
            await using var command = database.CreateCommand($"select t::text from {table} t");
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) dump.AppendLine(reader.GetString(0));
        }

        dump.ToString().ShouldContain("item-1");
        return dump.ToString();
    }
}
