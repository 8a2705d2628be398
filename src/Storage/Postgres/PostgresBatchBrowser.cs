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
        var batches = new List<(Batch Batch, string Cursor)>();
        await using (var command = Listing(filter, page))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var batch = PostgresBatchStore.ReadBatch(reader);
                batches.Add((batch, IsByTime(filter.Sort) ? TimeCursor(batch) : SumCursor(reader.GetDecimal(reader.FieldCount - 1), batch)));
            }
        }

        var more = batches.Count > page.Limit;
        if (more) batches.RemoveAt(page.Limit);
        return new Page<BatchStatus>(await BatchSums.AddAsync(database, [.. batches.Select(row => row.Batch)], cancellationToken), more ? batches[^1].Cursor : null);
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

    private NpgsqlCommand Listing(BatchFilter filter, PageRequest page)
    {
        var command = database.CreateCommand(filter.Sort switch { BatchSort.Newest => BrowseSql.Batches, BatchSort.Oldest => BrowseSql.OldestBatches, var sort => BrowseSql.BatchesBy(sort) })
            .With(filter.States.Select(state => state.ToName()).ToArray())
            .WithNullable(NpgsqlDbType.Text, SearchPattern.Of(filter.Text))
            .WithNullable(NpgsqlDbType.Jsonb, SearchPattern.Of(filter.Tag));
        if (IsByTime(filter.Sort))
        {
            var (at, id) = ReadTime(page.After);
            return command.WithNullable(NpgsqlDbType.TimestampTz, at).WithNullable(NpgsqlDbType.Text, id).With(page.Limit + 1);
        }

        var (sum, of) = ReadSum(page.After);
        return command.WithNullable(NpgsqlDbType.Numeric, sum).WithNullable(NpgsqlDbType.Text, of).With(page.Limit + 1);
    }

    private static bool IsByTime(BatchSort sort) => sort is BatchSort.Newest or BatchSort.Oldest;

    // Ticks of a microsecond, as the database counts: a time cut short would repeat or pass over a row.
    private static string TimeCursor(Batch last) => string.Create(CultureInfo.InvariantCulture, $"{last.CreatedAt.UtcTicks / TimeSpan.TicksPerMicrosecond}.{last.Id}");

    private static string SumCursor(decimal sum, Batch last) => string.Create(CultureInfo.InvariantCulture, $"{sum}_{last.Id}");

    private static (DateTimeOffset? At, string? Id) ReadTime(string? cursor)
    {
        if (cursor is null) return (null, null);
        var (time, id) = Split(cursor, '.');
        return long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds <= DateTimeOffset.MaxValue.UtcTicks / TimeSpan.TicksPerMicrosecond
            ? (new DateTimeOffset(microseconds * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero), id)
            : throw new InvalidCursorException();
    }

    private static (decimal? Sum, string? Id) ReadSum(string? cursor)
    {
        if (cursor is null) return (null, null);
        var (text, id) = Split(cursor, '_');
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var sum) ? (sum, id) : throw new InvalidCursorException();
    }

    private static (string Place, string Id) Split(string cursor, char separator)
    {
        var at = cursor.IndexOf(separator, StringComparison.Ordinal);
        return at > 0 && at < cursor.Length - 1 && !cursor.Contains('\0', StringComparison.Ordinal) ? (cursor[..at], cursor[(at + 1)..]) : throw new InvalidCursorException();
    }
}
