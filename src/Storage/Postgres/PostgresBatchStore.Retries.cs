using System.Data;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Single items that are put back.</summary>
public sealed partial class PostgresBatchStore
{
    /// <inheritdoc/>
    public Task<BatchActionResult> RetryItemAsync(long itemId, string? prompt, Actor by, CancellationToken cancellationToken) =>
        PutBackAsync(itemId, BatchSql.RetryItem, prompt, new RetryTerms("item.retry", "Only items that failed, were rejected or are held can be retried.", KeepsSharers: true), by, cancellationToken);

    /// <inheritdoc/>
    public Task<BatchActionResult> RedoItemAsync(long itemId, string? prompt, Actor by, CancellationToken cancellationToken) =>
        PutBackAsync(itemId, BatchSql.RedoItem, prompt, new RetryTerms("item.redo", "Only items that succeeded or were reused can be made again.", KeepsSharers: false), by, cancellationToken);

    private async Task<BatchActionResult> PutBackAsync(long itemId, string statement, string? prompt, RetryTerms terms, Actor by, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var find = new NpgsqlCommand(BatchSql.OfItem, connection).With(itemId);
        if (await find.ExecuteScalarAsync(cancellationToken) is not string batchId || await LockAsync(connection, batchId, cancellationToken) is not { } state)
            return new BatchActionResult(false, default, null, 0);
        // Whoever is about to share its images has the batch locked, or sees that it has changed.
        var refusal = await RefuseRetryAsync(connection, batchId, state, cancellationToken)
            ?? (terms.KeepsSharers ? null : await RefuseSharedAsync(connection, itemId, cancellationToken));
        if (refusal is not null) return new BatchActionResult(true, state, refusal, 0);
        await using var put = new NpgsqlCommand(statement, connection).With(itemId).WithNullable(NpgsqlDbType.Text, prompt);
        if (await CountAsync(put, cancellationToken) == 0) return new BatchActionResult(true, state, terms.Otherwise, 0);
        await ForgetAnswersAsync(connection, batchId, cancellationToken);
        if (state.IsFinal())
        {
            state = BatchState.Queued;
            await SetStateAsync(connection, batchId, state, cancellationToken);
        }

        // By a statement of its own, which sees a decision that the one before had to wait for.
        var (decision, note) = terms.KeepsSharers ? (null, null) : await ForgetDecisionAsync(connection, itemId, cancellationToken);
        await Audit.NoteAsync(connection, by, terms.Name, batchId, decision is null ? new { item = itemId, prompt } : new { item = itemId, prompt, decision, note }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new BatchActionResult(true, state, null, 1);
    }

    // What was decided was decided of another image.
    private static async Task<(string? Decision, string? Note)> ForgetDecisionAsync(NpgsqlConnection connection, long itemId, CancellationToken cancellationToken)
    {
        await using var forget = new NpgsqlCommand(ReviewSql.Forget, connection).With("item_id", itemId);
        await using var reader = await forget.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString("decision"), reader.TextOrNull("note")) : (null, null);
    }

    private static async Task<string?> RefuseRetryAsync(NpgsqlConnection connection, string batchId, BatchState state, CancellationToken cancellationToken)
    {
        if (state is BatchState.Canceled or BatchState.Importing or BatchState.AwaitingApproval) return $"A batch that is {state.ToName()} has nothing to retry.";
        await using var purging = new NpgsqlCommand(PurgeSql.IsPurging, connection).With("batch_id", batchId);
        return await purging.ExecuteScalarAsync(cancellationToken) is true ? "A batch that is being purged can't be retried." : null;
    }

    private static async Task<string?> RefuseSharedAsync(NpgsqlConnection connection, long itemId, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(BatchSql.FindSharer, connection).With(itemId);
        await using var reader = await find.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? $"Item {reader.GetString(1)} of batch {reader.GetString(0)} shares its images and would lose them; make that one again instead, or submit the row anew."
            : null;
    }

    // A statement that returns rows tells of them, one that doesn't of what it changed.
    private static async Task<int> CountAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = 0;
        while (await reader.ReadAsync(cancellationToken)) rows++;
        return Math.Max(rows, reader.RecordsAffected);
    }

    private sealed record RetryTerms(string Name, string Otherwise, bool KeepsSharers);
}
