using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Items at work in PostgreSQL.</summary>
/// <param name="database">The database.</param>
/// <param name="leaseTime">How long a process may be silent; after the database itself restarted, all get so long to come back.</param>
/// <param name="budgets">Caps of a day and a month.</param>
/// <param name="breaker">When a batch is halted because everything ends alike.</param>
public sealed class PostgresItemStore(NpgsqlDataSource database, TimeSpan leaseTime, BudgetOptions budgets, BreakerOptions breaker) : IItemStore
{

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClaimedItem>> ClaimAsync(long processId, IReadOnlyCollection<ClaimQuota> quotas, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ItemSql.Claim)
            .With(quotas.Select(quota => quota.BatchId).ToArray()).With(quotas.Select(quota => quota.Items).ToArray()).With(processId).With(leaseTime)
            .With(quotas.Select(quota => string.Join('\n', quota.Without)).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await new ClaimReader(reader).ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Attempt?>> BeginAttemptsAsync(long processId, IReadOnlyList<ClaimedItem> items, CancellationToken cancellationToken)
    {
        await using var commands = database.CreateBatch().Add(ItemSql.BeginAttempts, c => c
            .With(Ids(items)).With(Tokens(items)).With(items.Select(item => item.WorstCostUsd).ToArray()).With(processId)
            .WithNullable(NpgsqlDbType.Numeric, budgets.DayUsd).WithNullable(NpgsqlDbType.Numeric, budgets.MonthUsd));
        if (items.Any(item => item.TraceId is not null)) commands.Add(ItemSql.SetTraces, c => c.With(Ids(items)).With(items.Select(item => item.TraceId).ToArray()).With(processId));
        await using var reader = await commands.ExecuteReaderAsync(cancellationToken);
        var begun = new Dictionary<long, Attempt>();
        while (await reader.ReadAsync(cancellationToken)) begun[reader.GetInt64(0)] = new Attempt(reader.GetInt64(1), reader.GetInt32(2)) { IsReserved = reader.GetBoolean(3) };
        // A fault of the statement after it undoes all of it, and comes to light only where its result is asked for.
        await reader.NextResultAsync(cancellationToken);
        return [.. items.Select(item => begun.GetValueOrDefault(item.Id))];
    }

    /// <inheritdoc/>
    public async Task<Attempt> GetOpenAttemptAsync(ClaimedItem item, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ItemSql.GetOpenAttempt).With(item.Id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new Attempt(reader.GetInt64(0), reader.GetInt32(1)) { IsReserved = reader.GetBoolean(2) }
            : throw new InvalidOperationException($"Item {item.Id} is sending without an open attempt.");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<bool>> CompleteAsync(IReadOnlyList<ItemCompletion> completions, CancellationToken cancellationToken)
    {
        await using var commands = database.CreateBatch();
        var signs = Signs(completions);
        // What succeeded, whatever becomes of its batch, waits for nobody.
        var deciding = completions.Where(completion => completion.Next == ItemState.Pending || completion.HaltReason is not null || completion.Item.IsProbe)
            .Concat(signs.Where(sign => sign.Sign.Alike is not null).Select(sign => sign.Completion)).Select(completion => completion.Item).ToList();
        if (deciding.Count > 0) commands.Add(ItemSql.LockBatches, c => c.With(BatchIds(deciding)));
        var sources = completions.Select(completion => completion.ReusedFrom).OfType<long>().ToArray();
        if (sources.Length > 0) commands.Add(ItemSql.LockSources, c => c.With(sources));
        var before = commands.BatchCommands.Count;
        commands.Add(ItemSql.Complete, c => c.WithJson(CompletionJson.Write(completions)));
        var reserved = completions.Where(completion => completion.Attempt is { IsReserved: true }).Select(completion => completion.Item.Id).ToArray();
        if (reserved.Length > 0) commands.Add(ItemSql.Settle, c => c.With(reserved));
        var merging = completions.Where(completion => completion.Item.HasDuplicates && completion.Next.IsFinal()).Select(completion => completion.Item.Id).ToArray();
        if (merging.Length > 0) commands.Add(ItemSql.ReleaseDuplicates, c => c.With(merging));
        if (signs.Count > 0)
        {
            commands.Add(BreakerSql.Note, c => c
                .With(signs.Select(sign => sign.Completion.Item.BatchId).ToArray()).With(signs.Select(sign => CompletionJson.Storable(sign.Sign.Alike)).ToArray()).With(signs.Select(sign => CompletionJson.Storable(sign.Sign.Said)).ToArray())
                .With(signs.Select(sign => sign.Sign.MayBePaid).ToArray()).With(signs.Select(sign => sign.Completion.Item.Id).ToArray()).With(signs.Select(sign => sign.Completion.Attempt?.Id).ToArray())
                .With(breaker.First).With(breaker.InARow).With(HaltAdvice.For(HaltReasons.RefusedAlike)));
        }

        var probes = completions.Where(completion => completion.Item.IsProbe && ShowsThatTheServiceWorks(completion)).Select(completion => completion.Item).ToList();
        if (probes.Count > 0) commands.Add(ItemSql.EndProbe, c => c.With(Ids(probes))).Add(BreakerSql.ResumeProbed, c => c.With(BatchIds(probes)));
        await using var reader = await commands.ExecuteReaderAsync(cancellationToken);
        for (var at = 0; at < before; at++) await reader.NextResultAsync(cancellationToken);
        var held = new HashSet<long>();
        while (await reader.ReadAsync(cancellationToken)) held.Add(reader.GetInt64(0));
        // A fault of a statement after it undoes all of it, and comes to light only where its result is asked for.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        return [.. completions.Select(completion => held.Contains(completion.Item.Id))];
    }

    /// <inheritdoc/>
    public async Task ReleaseAsync(IReadOnlyList<ClaimedItem> items, CancellationToken cancellationToken)
    {
        await using var commands = database.CreateBatch()
            .Add(ItemSql.LockBatches, c => c.With(BatchIds(items)))
            .Add(ItemSql.Lock, c => c.With(Ids(items)))
            .Add(ItemSql.Release, c => c.With(Ids(items)).With(Tokens(items)))
            .Add(ItemSql.Settle, c => c.With(Ids(items)));
        await commands.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DisownAsync(ClaimedItem item, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ItemSql.Disown).With(item.Id).With(item.LeaseToken);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<KeptFate> GetKeptFateAsync(string batchId, long attemptId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ItemSql.KeptFate).With(attemptId).With(batchId);
        return await command.ExecuteScalarAsync(cancellationToken) switch
        {
            "stored" => KeptFate.Stored,
            "held" => KeptFate.Held,
            "open" => KeptFate.Open,
            _ => KeptFate.Unused,
        };
    }

    /// <inheritdoc/>
    public async Task<bool> AdoptKeptAsync(string batchId, AdoptedOutputs kept, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var wait = new NpgsqlCommand(ItemSql.LockBatches, connection).With(new[] { batchId })) await wait.ExecuteNonQueryAsync(cancellationToken);
        await using var adopt = new NpgsqlCommand(ItemSql.AdoptKept, connection).With(kept.Metadata.AttemptId).With(batchId)
            .WithNullable(NpgsqlDbType.Uuid, kept.Metadata.EditKey).WithNullable(NpgsqlDbType.Uuid, kept.Metadata.SourceVersion).WithJson(CompletionJson.Write(kept.Images));
        if (await adopt.ExecuteScalarAsync(cancellationToken) is not long item) return false;
        await using (var release = new NpgsqlCommand(ItemSql.ReleaseDuplicates, connection).With(new[] { item })) await release.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkableBatch>> ListWorkableAsync(string? onlyBatchId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ItemSql.ListWorkable).WithNullable(NpgsqlDbType.Text, onlyBatchId).With(leaseTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var batches = new List<WorkableBatch>();
        while (await reader.ReadAsync(cancellationToken))
            batches.Add(new WorkableBatch(reader.GetString(0), reader.GetInt16(1), ClaimReader.Caps(reader, 2, 3)));
        return batches;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, TimeSpan?>> GetNextDueAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ItemSql.NextDue).With(batchIds.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var next = new Dictionary<string, TimeSpan?>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken)) next[reader.GetString(0)] = reader.IsDBNull(1) ? null : TimeSpan.FromSeconds(reader.GetDouble(1));
        return next;
    }

    /// <inheritdoc/>
    public async Task<BatchOutlook> GetOutlookAsync(string batchId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ItemSql.Outlook).With(batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) throw new InvalidOperationException($"Batch {batchId} is gone.");
        return new BatchOutlook(
            PostgresBatchStore.ReadBatch(reader),
            reader.IsDBNull(8) ? null : TimeSpan.FromSeconds(reader.GetDouble(8)),
            reader.GetBoolean(9),
            TimeSpan.FromSeconds(reader.GetDouble(10)));
    }

    // In the order in which they came; of successes that follow each other one says it all.
    private List<(ItemCompletion Completion, AnswerSign Sign)> Signs(IReadOnlyList<ItemCompletion> completions)
    {
        var signs = new List<(ItemCompletion Completion, AnswerSign Sign)>();
        if (!breaker.Counts) return signs;
        var last = new Dictionary<string, AnswerSign>(StringComparer.Ordinal);
        foreach (var completion in completions)
        {
            if (AnswerSign.Of(completion) is not { } sign) continue;
            if (sign.Alike is not null || last.GetValueOrDefault(completion.Item.BatchId) != sign) signs.Add((completion, sign));
            last[completion.Item.BatchId] = sign;
        }

        return signs;
    }

    private static bool ShowsThatTheServiceWorks(ItemCompletion completion) =>
        completion.HaltReason is null && completion.AttemptState is AttemptState.Succeeded or AttemptState.Adopted or AttemptState.Rejected;

    private static string[] BatchIds(IEnumerable<ClaimedItem> items) => [.. items.Select(item => item.BatchId).Distinct(StringComparer.Ordinal)];

    private static long[] Ids(IReadOnlyList<ClaimedItem> items) => [.. items.Select(item => item.Id)];

    private static long[] Tokens(IReadOnlyList<ClaimedItem> items) => [.. items.Select(item => item.LeaseToken)];
}
