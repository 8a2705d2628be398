using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Lanes;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>What lanes are about, in PostgreSQL.</summary>
public sealed class PostgresLaneBoard(NpgsqlDataSource database) : ILaneBoard
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<LaneTitle>> ListLiveAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(EngineSql.ListLiveTitles);
        return await ReadAsync(command, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<LaneTitle?> FindAsync(long laneId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(EngineSql.FindTitle).With(laneId);
        return (await ReadAsync(command, cancellationToken)).FirstOrDefault();
    }

    private static async Task<List<LaneTitle>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var titles = new List<LaneTitle>();
        while (await reader.ReadAsync(cancellationToken))
        {
            titles.Add(new LaneTitle(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), StateNames.ParseBatchState(reader.GetString(3)), reader.GetInt64(4),
                reader.IsDBNull(5) ? null : reader.GetInt64(5)));
        }

        return titles;
    }
}
