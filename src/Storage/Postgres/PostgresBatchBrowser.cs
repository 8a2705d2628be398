using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Looks through batches in PostgreSQL.</summary>
public sealed class PostgresBatchBrowser(NpgsqlDataSource database) : IBatchBrowser
{
    /// <inheritdoc/>
    public async Task<Page<BatchStatus>> ListAsync(BatchFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var (at, id) = ReadCursor(page.After);
        var batches = new List<Batch>();
        await using (var command = database.CreateCommand(filter.Sort == BatchSort.Oldest ? BrowseSql.OldestBatches : BrowseSql.Batches)
            .With(filter.States.Select(state => state.ToName()).ToArray())
            .WithNullable(NpgsqlDbType.Text, SearchPattern.Of(filter.Text))
            .WithNullable(NpgsqlDbType.Jsonb, SearchPattern.Of(filter.Tag))
            .WithNullable(NpgsqlDbType.TimestampTz, at).WithNullable(NpgsqlDbType.Text, id).With(page.Limit + 1))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) batches.Add(PostgresBatchStore.ReadBatch(reader));
        }

        var more = batches.Count > page.Limit;
        if (more) batches.RemoveAt(page.Limit);
        return new Page<BatchStatus>(await BatchSums.AddAsync(database, batches, cancellationToken), more ? WriteCursor(batches[^1]) : null);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BatchStatus>> GetAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken)
    {
        var batches = new List<Batch>();
        await using (var command = database.CreateCommand(BrowseSql.BatchesById).With(batchIds.ToArray()))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) batches.Add(PostgresBatchStore.ReadBatch(reader));
        }

        return await BatchSums.AddAsync(database, batches, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<BatchState, long>> CountAsync(CancellationToken cancellationToken)
    {
        var counts = new Dictionary<BatchState, long>();
        await using var command = database.CreateCommand(BrowseSql.CountBatches);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) counts.Add(StateNames.ParseBatchState(reader.GetString(0)), reader.GetInt64(1));
        return counts;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReasonCount>> CountReasonsAsync(string batchId, CancellationToken cancellationToken)
    {
        var reasons = new List<ReasonCount>();
        await using var command = database.CreateCommand(BrowseSql.Reasons).With(batchId).With(ReasonCount.MostReasons).With(ReasonCount.MostItems + 1);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var items = reader.GetInt64(2);
            reasons.Add(new ReasonCount(reader.GetString(0), reader.GetString(1), Math.Min(items, ReasonCount.MostItems)) { IsMore = items > ReasonCount.MostItems });
        }

        return reasons;
    }

    // Ticks of a microsecond, as the database counts: a time cut short would repeat or pass over a row.
    private static string WriteCursor(Batch last) => string.Create(CultureInfo.InvariantCulture, $"{last.CreatedAt.UtcTicks / TimeSpan.TicksPerMicrosecond}.{last.Id}");

    private static (DateTimeOffset? At, string? Id) ReadCursor(string? cursor)
    {
        if (cursor is null) return (null, null);
        var dot = cursor.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && dot < cursor.Length - 1 && long.TryParse(cursor.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            && time <= DateTimeOffset.MaxValue.UtcTicks / TimeSpan.TicksPerMicrosecond && !cursor.Contains('\0', StringComparison.Ordinal)
            ? (new DateTimeOffset(time * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero), cursor[(dot + 1)..])
            : throw new InvalidCursorException();
    }
}
