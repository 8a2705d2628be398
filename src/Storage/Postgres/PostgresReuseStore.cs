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
            .With(queries.Select(query => query.BatchId).ToArray()).With(queries.Select(query => query.EditKey).ToArray())
            .With(queries.Select(query => query.Version).ToArray()).With(queries.Select(query => query.Earlier).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new EarlierEdit?[queries.Count];
        while (await reader.ReadAsync(cancellationToken))
        {
            var outputs = reader.IsDBNull(2) ? [] : ReadOutputs(reader.GetString(2));
            found[reader.GetInt32(0) - 1] = new EarlierEdit(reader.GetInt64(1), outputs);
        }

        return found;
    }

    private static StoredPath[] ReadOutputs(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(output => new StoredPath(output.GetProperty("path").GetString()!, output.GetProperty("bytes").GetInt64()))];
    }
}
