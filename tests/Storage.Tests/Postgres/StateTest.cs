using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Waits;
using Darkroom.Storage.Postgres;
using Darkroom.Testing.Postgres;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>What tests of the state have to hand: the stores on one database, and short ways to get batches, items and processes into a state.</summary>
public abstract class StateTest
{
    protected const string Model = "gpt-image-2";

    /// <summary>The endpoint and key that limits belong to, unless a test says otherwise.</summary>
    protected static LimitScope Scope { get; } = LimitScope.Of(new EndpointOptions { BaseUrl = "http://127.0.0.1:1/v1", ApiKey = "sk-one" }, account: null);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract TestDatabase Database { get; }

    protected NpgsqlDataSource Source => Database.DataSource;

    internal PostgresBatchStore Batches => new(Source);

    /// <summary>Of a server that has been up for long: the grace after a restart is over.</summary>
    internal PostgresItemStore Items => new(Source, TimeSpan.Zero, new BudgetOptions(), Breaker);

    internal BreakerOptions Breaker { get; } = new();

    internal PostgresProcessStore Processes => new(Source);

    internal PostgresBatchJobStore Jobs => new(Source);

    internal PostgresLimitStore Limits => new(Source, Scope);

    internal PostgresLedgerStore Ledger => new(Source);

    internal BatchWaits Waits => WaitsOf(new LimitsOptions());

    internal BatchWaits WaitsOf(LimitsOptions limits, BudgetOptions? budgets = null) =>
        new(new PostgresWaitStore(Source, budgets ?? new BudgetOptions()), Limits, ModelBook.Load(null), Options.Create(limits));

    protected static PlannedItem Planned(int ordinal, string? user = null, IReadOnlyDictionary<string, string>? tags = null) => new(
        ordinal,
        $"key-{ordinal + 1}",
        new EditInput([ImageReference.Url($"http://127.0.0.1/{ordinal}.png"), ImageReference.File("file-1")], ImageReference.Local("/masks/m.png")),
        $"Prompt {ordinal} with {{braces}} and \"quotes\"",
        EditOptions.Parse(user is null ? $$"""{"model":"{{Model}}","n":2}""" : $$"""{"model":"{{Model}}","user":"{{user}}"}"""),
        $"out/key-{ordinal + 1}",
        tags ?? new Dictionary<string, string>(StringComparer.Ordinal) { ["brand"] = "acme" });

    protected static async IAsyncEnumerable<PlannedItem> PlanAsync(int count)
    {
        for (var at = 0; at < count; at++)
        {
            await Task.Yield();
            yield return Planned(at);
        }
    }

    protected static string NewId() => "b-" + Guid.NewGuid().ToString("n", CultureInfo.InvariantCulture);

    /// <summary>Imports a batch and opens it, as a worker does.</summary>
    protected async Task<string> ImportAsync(int items, int priority = 5, OnUnknown onUnknown = OnUnknown.Retry, int maxAttempts = 5)
    {
        var id = NewId();
        await Batches.ImportAsync(
            new NewBatch(id, "test", BatchDefaults.Empty) { Priority = priority, OnUnknown = onUnknown, MaxAttempts = maxAttempts }, PlanAsync(items), Cancel);
        await Jobs.OpenAsync(id, Cancel);
        return id;
    }

    protected Task<long> RegisterAsync(bool takesBatches = true) => Processes.RegisterAsync(takesBatches, TimeSpan.FromMinutes(10), Cancel);

    /// <summary>As the database sees a process that was silent for too long.</summary>
    protected Task DieAsync(long process) => ExecuteAsync("update process set lease_until = now() - interval '1 second' where id = $1", process);

    /// <summary>Opens the batch if it is queued, and claims items of it.</summary>
    protected async Task<IReadOnlyList<ClaimedItem>> ClaimAsync(long process, string batch, int items = 1000)
    {
        await Jobs.OpenAsync(batch, Cancel);
        return await Items.ClaimAsync(process, [new ClaimQuota(batch, items)], Cancel);
    }

    internal async Task<(ClaimedItem Item, Attempt Attempt)> BeginOneAsync(long process, string batch)
    {
        var item = (await ClaimAsync(process, batch, 1)).ShouldHaveSingleItem();
        return (item, (await Items.BeginAttemptsAsync(process, [item], Cancel))[0].ShouldNotBeNull());
    }

    protected static ItemCompletion Succeeded(ClaimedItem item, Attempt attempt, int images = 1, decimal? cost = 0.0123456789m) => new(item, ItemState.Succeeded)
    {
        Attempt = attempt,
        AttemptState = AttemptState.Succeeded,
        SpendsAttempt = true,
        HttpStatus = 200,
        RequestId = "req_1",
        UsageJson = """{"total_tokens": 10}""",
        Ledger = new LedgerEntry(LedgerKinds.Reported, new TokenUsage(1, 2, 3, 4), images, cost, "book-1"),
        Outputs = [.. Enumerable.Range(0, images).Select(at => Image(item, attempt, at))],
    };

    protected static StoredImage Image(ClaimedItem item, Attempt attempt, int at) => new(
        at, new AttemptPlace(item.BatchId, item.OutputName, attempt.Number, "png").PathOf(at), 1000 + at, new string((char)('a' + at), 64), "png", 64, at == 0 ? 48 : null);

    protected static ItemCompletion Failed(ClaimedItem item, Attempt attempt, ItemState next = ItemState.Failed) => new(item, next)
    {
        Attempt = attempt,
        AttemptState = AttemptState.ServerFailed,
        SpendsAttempt = true,
        HttpStatus = 500,
        Error = new ServiceError(ErrorClasses.Server, "server_error", "It broke."),
    };

    protected static ItemCompletion Throttled(ClaimedItem item, Attempt attempt, TimeSpan wait) => new(item, ItemState.Pending)
    {
        Attempt = attempt,
        AttemptState = AttemptState.Throttled,
        HttpStatus = 429,
        AttemptError = new ServiceError(ErrorClasses.Throttled, "rate_limit_exceeded", "Slow down."),
        RetryDelay = wait,
    };

    protected static ItemCompletion Halted(ClaimedItem item, Attempt attempt, string reason) => new(item, ItemState.Pending)
    {
        Attempt = attempt,
        AttemptState = AttemptState.Halted,
        HttpStatus = 429,
        AttemptError = new ServiceError(ErrorClasses.Quota, "insufficient_quota", "No money."),
        HaltReason = reason,
        HaltDetail = "No money. Pay.",
    };

    /// <summary>Claims, begins and completes every open item of a batch.</summary>
    protected async Task WorkOffAsync(long process, string batch, Func<ClaimedItem, Attempt, ItemCompletion> complete)
    {
        var items = await ClaimAsync(process, batch);
        if (items.Count == 0) return;
        var attempts = await Items.BeginAttemptsAsync(process, items, Cancel);
        (await Items.CompleteAsync([.. items.Select((item, at) => complete(item, attempts[at].ShouldNotBeNull()))], Cancel)).ShouldAllBe(held => held);
    }

    protected Task ExecuteAsync(string sql, params object[] values) => ExecuteOnAsync(Source, sql, values);

    protected async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    /// <summary>The states of a batch's items in manifest order, for short.</summary>
    protected Task<string> StatesAsync(string batch) => ScalarAsync<string>("select string_agg(state, ' ' order by id) from item where batch_id = $1", batch);

    /// <summary>Everything that a completion may change, as one text.</summary>
    protected Task<string> SnapshotAsync(string batch) => ScalarAsync<string>(
        """
        select jsonb_build_object(
            'batch', (select to_jsonb(b) from batch b where b.id = $1),
            'items', (select jsonb_agg(to_jsonb(i) order by i.id) from item i where i.batch_id = $1),
            'attempts', (select jsonb_agg(to_jsonb(a) order by a.id) from attempt a where a.batch_id = $1),
            'outputs', (select jsonb_agg(to_jsonb(o) order by o.item_id, o.number) from output o join item i on i.id = o.item_id where i.batch_id = $1),
            'ledger', (select jsonb_agg(to_jsonb(l) order by l.id) from ledger l where l.batch_id = $1))::text
        """,
        batch);

    /// <summary>Waits until a statement that was started waits for a lock, or has ended without one.</summary>
    protected async Task BlockedOrDoneAsync(Task statement)
    {
        var deadline = DateTime.UtcNow.AddSeconds(10);
        while (!statement.IsCompleted && DateTime.UtcNow < deadline)
        {
            if (await ScalarAsync<bool>("select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')")) return;
            await Task.Yield();
        }

        if (!statement.IsCompleted) throw new TimeoutException("The statement neither waits for a lock nor ends.");
    }

    private static async Task ExecuteOnAsync(NpgsqlDataSource source, string sql, object[] values)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
