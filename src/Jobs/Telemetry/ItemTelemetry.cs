using System.Diagnostics;
using System.Diagnostics.Metrics;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Running;

namespace Darkroom.Jobs.Telemetry;

/// <summary>Tells how the work on items goes: a trace an item from claim to commit, and the counters.</summary>
public sealed class ItemTelemetry(JobMetrics metrics, TimeProvider time)
{
    /// <summary>Tells nobody.</summary>
    public static ItemTelemetry None { get; } = new(new JobMetrics(new Meter("Darkroom.None")), TimeProvider.System);

    /// <summary>Begins an item's trace; disposing ends it.</summary>
    public IDisposable Begin(ClaimedItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var span = Tracing.Root("edit item");
        span?.SetTag("darkroom.batch.id", item.BatchId);
        span?.SetTag("darkroom.item.key", item.Key);
        span?.SetTag("darkroom.item.attempts", item.Attempts);
        span?.SetTag(MetricNames.Model, item.Model);
        metrics.InFlight.Add(1);
        return new Work(metrics, span);
    }

    /// <summary>Waits for the limiter.</summary>
    /// <param name="group">The limits group.</param>
    /// <param name="enter">Enters. It runs outside of the item's trace: what it starts serves other items, too.</param>
    public async Task<T> WaitAsync<T>(string group, Func<Task<T>> enter)
    {
        ArgumentNullException.ThrowIfNull(enter);
        using var span = Tracing.Step("wait for a start");
        span?.SetTag(MetricNames.LimitsGroup, group);
        Activity.Current = null;
        var started = time.GetTimestamp();
        var place = await enter();
        metrics.LimiterWait.Record(time.GetElapsedTime(started).TotalSeconds, Tag(MetricNames.LimitsGroup, group));
        return place;
    }

    /// <summary>Runs a step of the item's trace.</summary>
    public static async Task<T> StepAsync<T>(string name, Func<Task<T>> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        using var span = Tracing.Step(name);
        try
        {
            return await step();
        }
        catch (Exception fault)
        {
            span.Fail(fault.GetType().Name);
            throw;
        }
    }

    /// <summary>Runs an operation of the image store.</summary>
    public async Task<T> StoreAsync<T>(string operation, Func<Task<T>> act)
    {
        ArgumentNullException.ThrowIfNull(act);
        var started = time.GetTimestamp();
        string? fault = null;
        try
        {
            return await StepAsync($"store {operation}", act);
        }
        catch (Exception exception)
        {
            fault = exception.GetType().Name;
            throw;
        }
        finally
        {
            var tags = new TagList { { MetricNames.Operation, operation } };
            if (fault is not null) tags.Add(MetricNames.ErrorType, fault);
            metrics.StoreDuration.Record(time.GetElapsedTime(started).TotalSeconds, tags);
        }
    }

    /// <summary>Tells that a dead process's item was looked into.</summary>
    public void Recovered(bool found) => metrics.Recoveries.Add(1, Tag(MetricNames.Found, found));

    /// <summary>Tells what was written when the work on an item ended.</summary>
    /// <param name="completion">What was to be written.</param>
    /// <param name="held">Whether the claim still held, so that it was.</param>
    public void Completed(ItemCompletion completion, bool held)
    {
        ArgumentNullException.ThrowIfNull(completion);
        var span = Activity.Current;
        span?.SetTag(MetricNames.Outcome, completion.Next.ToName());
        if ((completion.AttemptError ?? completion.Error) is { } error) span.Fail(error.Class, error.Code);
        if (!held)
        {
            metrics.LeaseLosses.Add(1);
            span.Fail("claim_lost");
            return;
        }

        var model = Tag(MetricNames.Model, completion.Item.Model);
        if (completion.Next.IsFinal()) metrics.Items.Add(1, Tag(MetricNames.Outcome, completion.Next.ToName()), model);
        if (completion.AttemptState is { } state) metrics.Attempts.Add(1, Tag(MetricNames.AttemptState, state), model);
        if (completion.Ledger is not { } ledger) return;
        if (ledger.CostUsd is { } usd) metrics.Cost.Add((double)usd, Tag(MetricNames.LedgerKind, ledger.Kind), model);
        if (ledger.Kind is Costs.LedgerKinds.Unconfirmed or Costs.LedgerKinds.Estimated) return;
        Count("input", "text", ledger.Tokens.InputText, model);
        Count("input", "image", ledger.Tokens.InputImage, model);
        Count("output", "text", ledger.Tokens.OutputText, model);
        Count("output", "image", ledger.Tokens.OutputImage, model);
    }

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);

    private void Count(string type, string modality, long tokens, KeyValuePair<string, object?> model)
    {
        if (tokens == 0) return;
        metrics.Tokens.Record(tokens, new TagList { { "gen_ai.operation.name", ObservedEditClient.OperationName }, { "gen_ai.token.type", type }, { MetricNames.Modality, modality }, model });
    }

    private sealed class Work(JobMetrics metrics, Activity? span) : IDisposable
    {
        public void Dispose()
        {
            metrics.InFlight.Add(-1);
            span?.Dispose();
        }
    }
}
