using System.Data;
using System.Runtime.CompilerServices;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Sources;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Batches in PostgreSQL.</summary>
public sealed partial class PostgresBatchStore(NpgsqlDataSource database) : IBatchStore
{
    /// <inheritdoc/>
    public async Task<int> ImportAsync(NewBatch batch, IAsyncEnumerable<PlannedItem> items, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var create = new NpgsqlCommand(BatchSql.Create, connection)
            .With(batch.Id).With(batch.Name).With((short)batch.Priority).WithNullable(NpgsqlDbType.Text, batch.Defaults.Prompt)
            .WithJson(batch.Defaults.Options.ToJson()).WithJson(ItemJson.Write(batch.Defaults.Tags))
            .With(batch.OnUnknown.ToString().ToLowerInvariant()).With((short)batch.MaxAttempts)
            .WithNullable(NpgsqlDbType.Numeric, batch.MaxCostUsd).With(batch.Reuse.ToString().ToLowerInvariant())
            .WithNullable(NpgsqlDbType.Interval, batch.ProbeEvery)
            .WithNullable(NpgsqlDbType.Double, batch.Caps?.ImagesPerMinute).WithNullable(NpgsqlDbType.Integer, batch.Caps?.MaxInFlight)
            .WithNullable(NpgsqlDbType.Time, batch.Hours?.From).WithNullable(NpgsqlDbType.Time, batch.Hours?.To).WithNullable(NpgsqlDbType.Text, batch.Hours?.Zone))
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        if (batch.Submission is { } submission) await SubmissionRows.AddAsync(connection, submission, cancellationToken);
        if (batch.By is { } by) await Audit.NoteAsync(connection, by, "batch.submit", batch.Id, new { name = batch.Name, max_cost_usd = batch.MaxCostUsd }, cancellationToken);
        if (batch.DeleteUploads)
        {
            await using var ask = new NpgsqlCommand(UploadedFileSql.AskForDeletion, connection).With("batch_id", batch.Id);
            await ask.ExecuteNonQueryAsync(cancellationToken);
        }

        if (batch.FetchedBy != FetchedBy.Service)
        {
            await using var set = new NpgsqlCommand(BatchSql.SetFetchedBy, connection).With(batch.Id).With(batch.FetchedBy.ToString().ToLowerInvariant());
            await set.ExecuteNonQueryAsync(cancellationToken);
        }

        if (batch.Deadline is not null || batch.WebhookUrl is not null)
        {
            await using var tell = new NpgsqlCommand(BatchSql.SetTelling, connection)
                .With(batch.Id).WithNullable(NpgsqlDbType.TimestampTz, batch.Deadline?.ToUniversalTime()).WithNullable(NpgsqlDbType.Text, batch.WebhookUrl);
            await tell.ExecuteNonQueryAsync(cancellationToken);
        }

        var (count, duplicates) = await CopyAsync(connection, batch, items, cancellationToken);
        if (batch.Estimate.Count > 0) await PostgresEstimateStore.WriteAsync(connection, batch, cancellationToken);
        await using (var open = new NpgsqlCommand(BatchSql.OpenImported, connection).With(batch.Id).With(count).With(batch.Canary.Count > 0).With(duplicates))
            await open.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return count;
    }

    /// <inheritdoc/>
    public async Task<Batch?> GetAsync(string batchId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BatchSql.Get).With(batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ReadBatch(reader) : null;
    }

    /// <inheritdoc/>
    public async Task<BatchStatus?> GetStatusAsync(string batchId, CancellationToken cancellationToken) =>
        await GetAsync(batchId, cancellationToken) is { } batch ? (await BatchSums.AddAsync(database, [batch], cancellationToken))[0] : null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BatchStatus>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        var batches = new List<Batch>();
        await using (var command = database.CreateCommand(BatchSql.List).With(limit))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) batches.Add(ReadBatch(reader));
        }

        return await BatchSums.AddAsync(database, batches, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ItemResult> ReadResultsAsync(string batchId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BatchSql.Results).With(batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return ResultRow.Read(reader);
    }

    /// <inheritdoc/>
    public async Task<BatchActionResult> ApplyAsync(string batchId, BatchAction action, Actor by, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, batchId, cancellationToken) is not { } state) return new BatchActionResult(false, default, null, 0);
        var change = BatchTransitions.Decide(state, action);
        if (change.Next is not { } next) return new BatchActionResult(true, state, change.Refusal, 0);
        await SetStateAsync(connection, batchId, next, cancellationToken);
        if (action == BatchAction.Approve) await EndCanaryAsync(connection, batchId, cancellationToken);
        long changed = 0;
        if (next == BatchState.Canceled)
        {
            await using var cancel = new NpgsqlCommand(BatchSql.CancelItems, connection).With(batchId);
            changed = await cancel.ExecuteNonQueryAsync(cancellationToken);
        }

        var resumed = action == BatchAction.Resume ? await ResumeAsync(connection, batchId, cancellationToken) : default;
        changed += resumed.Put;
        await Audit.NoteAsync(connection, by, $"batch.{action.ToString().ToLowerInvariant()}", batchId, new { from = state.ToName(), items = changed }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new BatchActionResult(true, next, null, changed) { Note = NoteOf(batchId, resumed) };
    }

    /// <inheritdoc/>
    public Task<BatchActionResult> RetryAsync(string batchId, IReadOnlyCollection<ItemState> states, Actor by, CancellationToken cancellationToken) =>
        RetryAsync(batchId, new RetryChoice(states), by, cancellationToken);

    /// <inheritdoc/>
    public async Task<BatchActionResult> RetryAsync(string batchId, RetryChoice choice, Actor by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(choice);
        var states = choice.States;
        foreach (var wrong in states.Where(state => !RetryChoice.Possible.Contains(state)))
            throw new ArgumentException($"Items that are {wrong.ToName()} can't be retried.", nameof(choice));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, batchId, cancellationToken) is not { } state) return new BatchActionResult(false, default, null, 0);
        if (await RefuseRetryAsync(connection, batchId, state, cancellationToken) is { } refusal) return new BatchActionResult(true, state, refusal, 0);
        await using var retry = new NpgsqlCommand(BatchSql.RetryItems, connection).With(batchId).With(states.Select(s => s.ToName()).ToArray())
            .WithNullable(NpgsqlDbType.Text, choice.Reason).WithNullable(NpgsqlDbType.Array | NpgsqlDbType.Bigint, choice.ItemIds?.ToArray());
        var changed = await retry.ExecuteNonQueryAsync(cancellationToken);
        if (changed == 0)
        {
            // What is looked up next needs a connection, too, and no process may wait for a second one while it holds its first.
            await transaction.RollbackAsync(cancellationToken);
            await connection.CloseAsync();
            return await NothingToRetryAsync(batchId, state, choice, cancellationToken);
        }

        await ForgetAnswersAsync(connection, batchId, cancellationToken);
        if (state.IsFinal())
        {
            state = BatchState.Queued;
            await SetStateAsync(connection, batchId, state, cancellationToken);
        }

        await Audit.NoteAsync(connection, by, "batch.retry", batchId, new { states = states.Select(s => s.ToName()), reason = choice.Reason, items = changed }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new BatchActionResult(true, state, null, changed);
    }

    /// <inheritdoc/>
    public async Task<Submission?> FindSubmissionAsync(string owner, string key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await SubmissionRows.FindAsync(connection, owner, key, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task SetMaxCostAsync(string batchId, decimal maxCostUsd, Actor by, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(BatchSql.SetMaxCost, connection).With(batchId).With(maxCostUsd);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) return;
        await Audit.NoteAsync(connection, by, "batch.budget", batchId, new { max_cost_usd = maxCostUsd }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HaltAsync(string batchId, string reason, string detail, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BatchSql.Halt).With(batchId).With(reason).With(detail);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Batch> TryFinishAsync(string batchId, CancellationToken cancellationToken)
    {
        // Locked first, by a statement of its own: the next one sees items that a retry opened meanwhile.
        await using (var commands = database.CreateBatch()
            .Add(BatchSql.LockForAction, c => c.With(batchId))
            .Add(BatchSql.TryFinish, c => c.With(batchId).With(CanaryDetail(batchId)).With(HaltAdvice.For(HaltReasons.RefusedAlike))))
            await commands.ExecuteNonQueryAsync(cancellationToken);
        return await GetAsync(batchId, cancellationToken) ?? throw new InvalidOperationException($"Batch {batchId} is gone.");
    }

    internal static Batch ReadBatch(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        StateNames.ParseBatchState(reader.GetString(2)),
        reader.IsDBNull(3) ? null : reader.GetString(3),
        reader.IsDBNull(4) ? null : reader.GetString(4),
        reader.GetInt16(5),
        reader.GetFieldValue<DateTimeOffset>(6),
        reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7));

    private static async Task<(int Items, int Duplicates)> CopyAsync(NpgsqlConnection connection, NewBatch batch, IAsyncEnumerable<PlannedItem> items, CancellationToken cancellationToken)
    {
        var count = 0;
        await using var copy = await connection.BeginRawBinaryCopyAsync(BatchSql.CopyItems, cancellationToken);
        try
        {
            await using var rows = new ItemCopy(copy, batch);
            await foreach (var item in items.WithCancellation(cancellationToken))
            {
                await rows.AddAsync(item, cancellationToken);
                count++;
            }

            await rows.EndAsync(cancellationToken);
            return (count, rows.Duplicates);
        }
        catch (Exception exception) when (exception is not NpgsqlException)
        {
            // Closing would complete the copy. The transaction is given up anyway, but the server needn't index what is thrown away.
            await copy.CancelAsync();
            throw;
        }
    }

    private static async Task<BatchState?> LockAsync(NpgsqlConnection connection, string batchId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(BatchSql.LockForAction, connection).With(batchId);
        return await command.ExecuteScalarAsync(cancellationToken) is string state ? StateNames.ParseBatchState(state) : null;
    }

    private static async Task SetStateAsync(NpgsqlConnection connection, string batchId, BatchState state, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(BatchSql.SetState, connection)
            .With(batchId).With(state.ToName()).WithNullable(NpgsqlDbType.Text, null).WithNullable(NpgsqlDbType.Text, null);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<(long Put, long Stays, long Again)> ResumeAsync(NpgsqlConnection connection, string batchId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(BreakerSql.Resume, connection).With("batch_id", batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64("put"), reader.GetInt64("stays"), reader.GetInt64("again")) : default;
    }

    // What may have been paid for isn't bought again unasked: the batch's policy lets it be called once more, or a person decides.
    private static string? NoteOf(string batchId, (long Put, long Stays, long Again) resumed)
    {
        var notes = new List<string>();
        if (resumed.Put > 0) notes.Add($"{Items(resumed.Put)} refused by that halt {(resumed.Put == 1 ? "goes" : "go")} again.");
        if (resumed.Again > 0) notes.Add($"{Items(resumed.Again)} whose call may have been paid for {(resumed.Again == 1 ? "is" : "are")} called once more, by the batch's policy for unknown outcomes.");
        if (resumed.Stays > 0) notes.Add($"{Items(resumed.Stays)} whose call may have been paid for {(resumed.Stays == 1 ? "stays" : "stay")} as {(resumed.Stays == 1 ? "it is" : "they are")}: 'darkroom retry {batchId} --state held,failed' calls {(resumed.Stays == 1 ? "it" : "them")} again.");
        return notes.Count == 0 ? null : string.Join(' ', notes);
    }

    private async Task<BatchActionResult> NothingToRetryAsync(string batchId, BatchState state, RetryChoice choice, CancellationToken cancellationToken)
    {
        var counts = (await GetStatusAsync(batchId, cancellationToken))!.Items;
        var there = StateCounts(counts).Where(count => count.Count > 0).ToList();
        var others = there.Where(count => RetryChoice.Possible.Contains(count.State) && !choice.States.Contains(count.State)).Select(count => count.State.ToName()).ToList();
        var narrowed = (choice.Reason is { } reason ? $" for {reason}" : "") + (choice.ItemIds is null ? "" : ", of those named,");
        var hint = others.Count == 0 ? "" : $" 'darkroom retry {batchId} --state {string.Join(',', others)}' puts those back.";
        return new BatchActionResult(true, state, null, 0)
        {
            Counts = counts,
            Note = $"No item{narrowed} is {string.Join(" or ", choice.States.Select(wanted => wanted.ToName()))}. The batch has {string.Join(", ", there.Select(count => $"{count.Count} {count.State.ToName()}"))}.{hint}",
        };
    }

    private static IEnumerable<(ItemState State, long Count)> StateCounts(ItemCounts items) =>
    [
        (ItemState.Succeeded, items.Succeeded), (ItemState.Reused, items.Reused), (ItemState.Rejected, items.Rejected), (ItemState.Failed, items.Failed),
        (ItemState.Held, items.Held), (ItemState.Canceled, items.Canceled), (ItemState.Sending, items.Sending), (ItemState.Pending, items.Pending),
    ];

    private static string Items(long count) => count == 1 ? "1 item" : $"{count} items";

    private static async Task ForgetAnswersAsync(NpgsqlConnection connection, string batchId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(BreakerSql.Forget, connection).With("batch_id", batchId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task EndCanaryAsync(NpgsqlConnection connection, string batchId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(BatchSql.EndCanary, connection).With(batchId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string CanaryDetail(string batchId) =>
        $"The sample has ended; look at its images and its cost. 'darkroom approve {batchId}' lets the rest run, 'darkroom cancel {batchId}' calls it off.";
}
