using System.Data;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>The jobs of batches in PostgreSQL.</summary>
public sealed class PostgresBatchJobStore(NpgsqlDataSource database) : IBatchJobStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<MissingJob>> TakeMissingAsync(TimeSpan lostAfter, bool hasFreePlace, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BatchJobSql.TakeMissing).With("lost_after", lostAfter).With("has_free_place", hasFreePlace);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var missing = new List<(MissingJob Job, DateTimeOffset CreatedAt)>();
        while (await reader.ReadAsync(cancellationToken)) missing.Add((new MissingJob(reader.GetString("id"), reader.GetInt16("priority")), reader.Time("created_at")));
        return [.. missing.OrderByDescending(one => one.Job.Priority).ThenBy(one => one.CreatedAt).Select(one => one.Job)];
    }

    /// <inheritdoc/>
    public Task ForgetAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken) =>
        ExecuteAsync(database.CreateCommand(BatchJobSql.Forget).With("batch_ids", batchIds.ToArray()), cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> BeginAsync(string batchId, long processId, CancellationToken cancellationToken) =>
        await ExecuteAsync(database.CreateCommand(BatchJobSql.Begin).With("batch_id", batchId).With("process_id", processId), cancellationToken) == 1;

    /// <inheritdoc/>
    public Task OpenAsync(string batchId, CancellationToken cancellationToken) =>
        ExecuteAsync(database.CreateCommand(BatchJobSql.Open).With("batch_id", batchId), cancellationToken);

    /// <inheritdoc/>
    public Task EndAsync(string batchId, long processId, CancellationToken cancellationToken) =>
        ExecuteAsync(database.CreateCommand(BatchJobSql.End).With("batch_id", batchId).With("process_id", processId), cancellationToken);

    /// <inheritdoc/>
    public Task GiveBackAsync(string batchId, long processId, CancellationToken cancellationToken) =>
        ExecuteAsync(database.CreateCommand(BatchJobSql.GiveBack).With("batch_id", batchId).With("process_id", processId), cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BatchTitle>> ListOpenAsync(CancellationToken cancellationToken) =>
        await ReadTitlesAsync(database.CreateCommand(BatchJobSql.ListOpen), cancellationToken);

    /// <inheritdoc/>
    public async Task<BatchTitle?> FindAsync(string batchId, CancellationToken cancellationToken) =>
        (await ReadTitlesAsync(database.CreateCommand(BatchJobSql.Find).With("batch_id", batchId), cancellationToken)).FirstOrDefault();

    private static async Task<int> ExecuteAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command) return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<BatchTitle>> ReadTitlesAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var owned = command;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var titles = new List<BatchTitle>();
        while (await reader.ReadAsync(cancellationToken))
        {
            titles.Add(new BatchTitle(
                reader.GetString("id"), reader.GetString("name"), StateNames.ParseBatchState(reader.GetString("state")), reader.GetInt64("items"), reader.ValueOrNull<long>("ended")));
        }

        return titles;
    }
}
