using System.Data;
using System.Text.Json;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Reuse;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Edits that were paid for before, in PostgreSQL.</summary>
public sealed class PostgresReuseStore(NpgsqlDataSource database) : IReuseStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<EarlierEdit?>> FindAsync(IReadOnlyList<ReuseQuery> queries, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReuseSql.Find)
            .With("batch_ids", queries.Select(query => query.BatchId).ToArray()).With("edit_keys", queries.Select(query => query.EditKey).ToArray())
            .With("versions", queries.Select(query => query.Version).ToArray()).With("earlier", queries.Select(query => query.Earlier).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new EarlierEdit?[queries.Count];
        while (await reader.ReadAsync(cancellationToken))
        {
            var outputs = reader.TextOrNull("outputs") is { } json ? ReadOutputs(json) : [];
            found[reader.GetInt32("at") - 1] = new EarlierEdit(reader.GetInt64("id"), outputs);
        }

        return found;
    }

    private static StoredPath[] ReadOutputs(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(output => new StoredPath(output.GetProperty("path").GetString()!, output.GetProperty("bytes").GetInt64()))];
    }
}
