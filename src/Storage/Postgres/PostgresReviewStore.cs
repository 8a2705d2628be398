using System.Data;
using System.Runtime.CompilerServices;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Reviews;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Keeps what people decide of images in PostgreSQL.</summary>
public sealed class PostgresReviewStore(NpgsqlDataSource database) : IReviewStore
{
    /// <inheritdoc/>
    public async Task<bool> DecideAsync(long itemId, Decision? decision, string? note, Actor by, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(decision is null ? ReviewSql.TakeBack : ReviewSql.Decide, connection).With("item_id", itemId);
        if (decision is { } decided) command.With("decision", NameOf(decided)).WithNullable("note", NpgsqlDbType.Text, note).With("decided_by", by.Name);
        if (await command.ExecuteScalarAsync(cancellationToken) is not string batchId) return false;
        await Audit.NoteAsync(connection, by, "item.review", batchId, new { item = itemId, decision = decision is { } given ? NameOf(given) : null, note }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<long, Review>> GetAsync(IReadOnlyCollection<long> itemIds, CancellationToken cancellationToken)
    {
        var reviews = new Dictionary<long, Review>();
        await using var command = database.CreateCommand(ReviewSql.Get).With("item_ids", itemIds.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) reviews.Add(reader.GetInt64("item_id"), Read(reader));
        return reviews;
    }

    /// <inheritdoc/>
    public async Task<ReviewProgress> GetProgressAsync(string batchId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReviewSql.Progress).With("batch_id", batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ReviewProgress(reader.GetInt64("approved"), reader.GetInt64("rejected"), reader.GetInt64("redo"), reader.ValueOrNull<long>("last_item_id"));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Review> ReadAsync(string batchId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReviewSql.Read).With("batch_id", batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return Read(reader);
    }

    private static string NameOf(Decision decision) => decision.ToString().ToLowerInvariant();

    private static Review Read(NpgsqlDataReader reader) => new(
        reader.GetInt64("item_id"), reader.GetString("key"), Enum.Parse<Decision>(reader.GetString("decision"), ignoreCase: true), reader.TextOrNull("note"),
        reader.Time("decided_at"), reader.GetString("decided_by"));
}
