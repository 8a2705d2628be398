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
        await using var command = new NpgsqlCommand(decision is null ? ReviewSql.TakeBack : ReviewSql.Decide, connection).With(itemId);
        if (decision is { } decided) command.With(NameOf(decided)).WithNullable(NpgsqlDbType.Text, note).With(by.Name);
        if (await command.ExecuteScalarAsync(cancellationToken) is not string batchId) return false;
        await Audit.NoteAsync(connection, by, "item.review", batchId, new { item = itemId, decision = decision is { } given ? NameOf(given) : null, note }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<long, Review>> GetAsync(IReadOnlyCollection<long> itemIds, CancellationToken cancellationToken)
    {
        var reviews = new Dictionary<long, Review>();
        await using var command = database.CreateCommand(ReviewSql.Get).With(itemIds.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) reviews.Add(reader.GetInt64(0), Read(reader));
        return reviews;
    }

    /// <inheritdoc/>
    public async Task<ReviewProgress> GetProgressAsync(string batchId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReviewSql.Progress).With(batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ReviewProgress(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt64(3));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Review> ReadAsync(string batchId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReviewSql.Read).With(batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return Read(reader);
    }

    private static string NameOf(Decision decision) => decision.ToString().ToLowerInvariant();

    private static Review Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), Enum.Parse<Decision>(reader.GetString(2), ignoreCase: true), reader.IsDBNull(3) ? null : reader.GetString(3),
        reader.GetFieldValue<DateTimeOffset>(4), reader.GetString(5));
}
