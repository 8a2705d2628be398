using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Looks through items in PostgreSQL.</summary>
public sealed class PostgresItemBrowser(NpgsqlDataSource database) : IItemBrowser
{
    /// <summary>How many rows a page looks through at most, whatever is searched for.</summary>
    internal const int Window = 5_000;

    // Far more than there are: services have some dozens of codes.
    private const int MostReasons = 500;

    private static readonly string[] AllStates = [.. Enum.GetValues<ItemState>().Select(state => state.ToName())];

    /// <inheritdoc/>
    public async Task<Page<ItemRow>> ListAsync(string batchId, ItemFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var after = ReadCursor(page.After);
        if (filter.Key is not null) return await FindKeyAsync(batchId, filter, after, cancellationToken);
        var searches = !string.IsNullOrEmpty(filter.Text) || filter.Tag is not null;
        var window = searches ? Window : page.Limit + 1;
        await using var command = database.CreateCommand(filter.Reason is null ? BrowseSql.Items : BrowseSql.ItemsByReason)
            .With(batchId)
            .With(filter.States.Count == 0 ? AllStates : [.. filter.States.Distinct().Select(state => state.ToName())])
            .With(after).With(window)
            .WithNullable(NpgsqlDbType.Text, SearchPattern.Of(filter.Text)).WithNullable(NpgsqlDbType.Jsonb, SearchPattern.Of(filter.Tag))
            .With(page.Limit + 1);
        if (filter.Reason is not null) command.With(filter.Reason);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ItemRow>();
        var last = (long?)null;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.GetInt64(0) == window) last = reader.GetInt64(1);
            if (!reader.IsDBNull(2)) rows.Add(ReadRow(reader));
        }

        return PageOf(rows, page, row => row.Id, last);
    }

    /// <inheritdoc/>
    public async Task<Page<ItemRow>> ListImagesAsync(string batchId, PageRequest page, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BrowseSql.Images).With(batchId).With(ReadCursor(page.After)).With(page.Limit + 1);
        return PageOf(await ReadRowsAsync(command, cancellationToken), page, row => row.Id);
    }

    /// <inheritdoc/>
    public async Task<Page<Refusal>> ListRefusalsAsync(string batchId, PageRequest page, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BrowseSql.Refusals)
            .With(batchId).With(ReadCursor(page.After)).With(page.Limit + 1).With(ErrorClasses.Moderation).With(MostReasons);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Refusal>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(new Refusal(ReadRow(reader), reader.GetInt32(14)));
        return PageOf(rows, page, row => row.Item.Id);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ItemRow>> GetRowsAsync(IReadOnlyCollection<long> itemIds, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BrowseSql.ItemsById).With(itemIds.ToArray());
        return await ReadRowsAsync(command, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<(long? Before, long? After)> GetNeighboursAsync(string batchId, long itemId, IReadOnlyCollection<ItemState> states, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BrowseSql.Neighbours)
            .With(batchId).With(states.Count == 0 ? AllStates : [.. states.Distinct().Select(state => state.ToName())]).With(itemId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.IsDBNull(0) ? null : reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1));
    }

    /// <inheritdoc/>
    public async Task<ItemDetail?> GetAsync(long itemId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BrowseSql.Item).With(itemId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new ItemDetail(
            ReadRow(reader) with { Input = ItemJson.ReadInput(reader.GetString(16)) },
            EditOptions.Parse(reader.GetString(14)),
            reader.IsDBNull(15) ? null : reader.GetString(15),
            await ReadAttemptsAsync(itemId, cancellationToken))
        {
            Former = await ReadFormerAsync(itemId, attempt: null, number: null, cancellationToken),
        };
    }

    /// <inheritdoc/>
    public async Task<FormerImage?> GetFormerAsync(long itemId, int attempt, int number, CancellationToken cancellationToken) =>
        (await ReadFormerAsync(itemId, attempt, number, cancellationToken)).FirstOrDefault();

    private async Task<Page<ItemRow>> FindKeyAsync(string batchId, ItemFilter filter, long after, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BrowseSql.ItemByKey).With(batchId).With(filter.Key!);
        var rows = await ReadRowsAsync(command, cancellationToken);
        return new Page<ItemRow>([.. rows.Where(row => row.Id > after && (filter.States.Count == 0 || filter.States.Contains(row.State)))], null);
    }

    // One row more than the page has was asked for: that there is one tells of a next page.
    private static Page<T> PageOf<T>(List<T> rows, PageRequest page, Func<T, long> idOf, long? last = null)
    {
        if (rows.Count <= page.Limit) return new Page<T>(rows, last?.ToString(CultureInfo.InvariantCulture));
        rows.RemoveAt(page.Limit);
        return new Page<T>(rows, idOf(rows[^1]).ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<List<ItemRow>> ReadRowsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rows = new List<ItemRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rows.Add(ReadRow(reader));
        return rows;
    }

    private static ItemRow ReadRow(NpgsqlDataReader reader) => new(
        reader.GetInt64(2),
        reader.GetString(3),
        reader.GetString(4),
        StateNames.ParseItemState(reader.GetString(5)),
        reader.GetString(6),
        reader.GetString(7),
        reader.GetInt16(8),
        ItemJson.ReadMap(reader.GetString(9)),
        reader.IsDBNull(10) ? null : ItemJson.ReadInput(reader.GetString(10)),
        ResultRow.ReadOutputs(reader.GetString(11)),
        reader.IsDBNull(12) ? null : ResultRow.ReadError(reader.GetString(12)),
        reader.IsDBNull(13) ? null : reader.GetFieldValue<DateTimeOffset>(13));

    private async Task<List<AttemptRow>> ReadAttemptsAsync(long itemId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BrowseSql.Attempts).With(itemId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var attempts = new List<AttemptRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            attempts.Add(new AttemptRow(
                reader.GetInt32(0),
                reader.GetString(1),
                reader.GetFieldValue<DateTimeOffset>(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
                reader.IsDBNull(4) ? null : reader.GetInt16(4),
                reader.IsDBNull(5) ? null : reader.GetString(5),
                reader.IsDBNull(6) ? null : ResultRow.ReadError(reader.GetString(6)),
                reader.IsDBNull(7) ? null : reader.GetString(7),
                reader.IsDBNull(8) ? null : reader.GetString(8),
                new TokenUsage(reader.GetInt64(9), reader.GetInt64(10), reader.GetInt64(11), reader.GetInt64(12)),
                reader.IsDBNull(13) ? null : reader.GetDecimal(13))
            {
                TraceId = reader.IsDBNull(14) ? null : reader.GetString(14),
            });
        }

        return attempts;
    }

    private async Task<List<FormerImage>> ReadFormerAsync(long itemId, int? attempt, int? number, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BrowseSql.Former)
            .With(itemId).WithNullable(NpgsqlDbType.Integer, attempt).WithNullable(NpgsqlDbType.Integer, number).With(ItemDetail.MostFormer);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var former = new List<FormerImage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            former.Add(new FormerImage(
                new StoredImage(
                    reader.GetInt16(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4),
                    reader.IsDBNull(5) ? null : reader.GetInt32(5), reader.IsDBNull(6) ? null : reader.GetInt32(6)),
                reader.GetInt32(7),
                reader.GetFieldValue<DateTimeOffset>(8)));
        }

        return former;
    }

    private static long ReadCursor(string? cursor) => cursor is null
        ? 0
        : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw new InvalidCursorException();
}
