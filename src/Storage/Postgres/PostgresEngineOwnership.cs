using Darkroom.Jobs.Lanes;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Which engine has the lanes, in PostgreSQL.</summary>
public sealed class PostgresEngineOwnership(NpgsqlDataSource database) : IEngineOwnership
{
    /// <inheritdoc/>
    public async Task<EngineOwner> ClaimAsync(long processId, string engine, bool takeOver, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var announce = new NpgsqlCommand(EngineSql.Announce, connection).With(processId).With(engine))
            await announce.ExecuteNonQueryAsync(cancellationToken);
        long processes, lanes;
        await using (var count = new NpgsqlCommand(EngineSql.CountOthers, connection).With(engine).With(LaneSweep.QueuedTime))
        await using (var reader = await count.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            (processes, lanes) = (reader.GetInt64(0), reader.GetInt64(1));
        }

        if (takeOver || (processes == 0 && lanes == 0))
        {
            await using var take = new NpgsqlCommand(EngineSql.Take, connection).With(engine);
            await take.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var get = new NpgsqlCommand(EngineSql.GetOwner, connection);
        var owner = (string)(await get.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return new EngineOwner(owner, processes, lanes);
    }

    /// <inheritdoc/>
    public async Task<string?> GetAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(EngineSql.GetOwner);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
