using System.Data.Common;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Telemetry;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Uploads;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Running;

/// <summary>Runs one claimed item from claim to commit. The process may die after any line: what then holds is in ARCHITECTURE.md, "Never lose, never pay twice".</summary>
public sealed class ItemRunner(
    ILimiter limiter, WorkJournal journal, IEditClient client, IImageStore images, IItemStore items, OutcomePolicy policy, ModelBook book,
    CallCosts costs, IOptions<LimitsOptions> limits, RepeatedWarnings warnings, ILogger<ItemRunner> logger, ISourcePreparer? sources = null, IReuseFinder? reuse = null,
    ItemTelemetry? telemetry = null)
{
    private readonly ItemTelemetry _telemetry = telemetry ?? ItemTelemetry.None;

    /// <summary>Runs it.</summary>
    /// <param name="item">The claim.</param>
    /// <param name="stopping">Asks to begin nothing more: an item not sent yet is given up.</param>
    /// <param name="abort">Asks to break off at once: a call in flight is left to recovery.</param>
    public async Task RunAsync(ClaimedItem item, CancellationToken stopping, CancellationToken abort)
    {
        using var work = _telemetry.Begin(item);
        using var scope = logger.BeginScope("batch {Batch} item {Item}", item.BatchId, item.Key);
        if (item.State == ItemState.Sending)
        {
            await CarryOutAsync(await RecoverAsync(item, abort), item);
            return;
        }

        if (await ReuseAsync(item, stopping) is not { } look)
        {
            await journal.ReleaseAsync(item);
            return;
        }

        if (look.Instead is { } instead)
        {
            await CarryOutAsync(instead, item);
            return;
        }

        item = look.Item;
        if (item.Calls > 0 && await TakeKeptAsync(item, abort) is { } taken)
        {
            await CarryOutAsync(taken, item);
            return;
        }

        using var prepared = await PrepareAsync(item, stopping);
        if (prepared?.Failure is { } failure)
        {
            await CarryOutAsync(policy.NotPrepared(item, failure, await NoteAsync(item, failure)), item);
            return;
        }

        await using var place = prepared is null ? null : await EnterAsync(item, stopping);
        var attempt = place is null ? null : await BeginAsync(item);
        if (attempt is null) await journal.ReleaseAsync(item);
        else await CarryOutAsync(await CallAsync(item, prepared!, attempt, place!, abort), item);
    }

    private string GroupOf(ClaimedItem item) => book.Find(item.Model).LimitsGroup;

    private static AttemptPlace PlaceOf(ClaimedItem item, Attempt attempt) => new(item.BatchId, item.OutputName, attempt.Number, item.Options.OutputFormat);

    private async Task<Look?> ReuseAsync(ClaimedItem item, CancellationToken stopping)
    {
        if (reuse is null) return new Look(item, null);
        try
        {
            return await UnlessStoppedAsync(async () =>
            {
                var (known, found) = await ItemTelemetry.StepAsync("look for an earlier edit", () => reuse.LookAsync(item, stopping));
                return new Look(known, found is null ? null : OutcomePolicy.Reuse(known, found));
            }, stopping);
        }
        catch (ImageStoreException fault)
        {
            return new Look(item, OutcomePolicy.StoreUnreadable(item, fault));
        }
    }

    private Task<PreparedSources?> PrepareAsync(ClaimedItem item, CancellationToken stopping) => sources is null
        ? Task.FromResult<PreparedSources?>(new PreparedSources(item.Input, []))
        : UnlessStoppedAsync(() => ItemTelemetry.StepAsync("prepare sources", () => sources.PrepareAsync(item, stopping)), stopping);

    // Null when asked to stop, or when the database is away: nothing was begun, and the item is given up.
    private async Task<T?> UnlessStoppedAsync<T>(Func<Task<T>> step, CancellationToken stopping)
        where T : class
    {
        try
        {
            return await step();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (DbException exception) when (DatabaseFaults.IsTransient(exception))
        {
            Log.DatabaseAway(logger, exception);
            return null;
        }
    }

    private async Task<ICallPlace?> EnterAsync(ClaimedItem item, CancellationToken stopping)
    {
        using var closing = item.ClosesIn is null ? null : CancellationTokenSource.CreateLinkedTokenSource(stopping);
        closing?.CancelAfter(item.ClosesIn!.Value);
        var token = closing?.Token ?? stopping;
        var ticket = new CallTicket(GroupOf(item), item.Model, costs.Of(item)) { BatchId = item.BatchId, Weight = BatchShares.WeightOf(item.Priority), Caps = item.Caps };
        try
        {
            return await _telemetry.WaitAsync(ticket.Group, () => limiter.EnterAsync(ticket, token));
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<Attempt?> BeginAsync(ClaimedItem item)
    {
        try
        {
            return await ItemTelemetry.StepAsync("begin attempt", () => journal.BeginAsync(item with { WorstCostUsd = policy.WorstCostOf(item), TraceId = Tracing.CurrentTraceId }));
        }
        catch (DbException exception) when (DatabaseFaults.IsTransient(exception))
        {
            // Begun or not, nothing was sent, and giving up closes whatever was begun.
            Log.DatabaseAway(logger, exception);
            return null;
        }
    }

    private async Task<Decision> CallAsync(ClaimedItem item, PreparedSources prepared, Attempt attempt, ICallPlace place, CancellationToken abort)
    {
        EditOutcome.Succeeded? answer = null;
        try
        {
            await using var sink = images.OpenSink(PlaceOf(item, attempt));
            await place.StartAsync(abort);
            var outcome = await client.SendAsync(new EditRequest(prepared.Input, item.Prompt, item.Options) { Form = book.Find(item.Model).Form }, sink, abort);
            var throttledFor = await NoteAsync(item, outcome);
            await LearnAsync(item, outcome);
            if (outcome is EditOutcome.Unknown { LeavesBytes: true } unreadable) outcome = await SetAsideAsync(unreadable, sink, abort);
            if (prepared.AreRefusedBy(outcome) && await sources!.ForgetAsync(item, prepared, abort)) return policy.SourcesGone(item, attempt, outcome);
            answer = outcome as EditOutcome.Succeeded;
            if (answer is not null && answer.Images != item.Options.N && warnings.IsNews(item.BatchId, $"asked for {item.Options.N} images and got {answer.Images}"))
                Log.OtherCount(logger, item.Key, item.Options.N, answer.Images);
            var metadata = answer is null ? null : new OutputMetadata(attempt.Id, answer.UsageJson, answer.Images, answer.RequestId) { EditKey = item.EditKey, SourceVersion = item.SourceVersion };
            var stored = metadata is null ? [] : await _telemetry.StoreAsync("commit", () => sink.CommitAsync(metadata, abort));
            if (answer is not null) await ProveAsync(item);
            var decision = policy.Decide(item, attempt, new CallResult(outcome, stored) { ThrottledFor = throttledFor });
            if (costs.Took(item, decision.Completion) is { } tokens) place.Used(tokens);
            return decision;
        }
        catch (ImageStoreException fault)
        {
            return policy.StoreFailed(item, attempt, answer ?? fault.Answer, fault);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !abort.IsCancellationRequested)
        {
            if (warnings.IsNews(item.BatchId, $"work on an item broke off ({fault.GetType().Name})")) Log.ItemBroke(logger, item.Key, fault);
            return policy.Broken(item, attempt, fault);
        }
    }

    // What an earlier attempt was paid for, before anything is bought again.
    private async Task<Decision?> TakeKeptAsync(ClaimedItem item, CancellationToken abort)
    {
        try
        {
            var kept = await images.TakeKeptAsync(new AttemptPlace(item.BatchId, item.OutputName, item.Calls, item.Options.OutputFormat), item.EditKey, abort);
            return kept is null ? null : OutcomePolicy.TakeKept(item, kept);
        }
        catch (ImageStoreException fault)
        {
            return OutcomePolicy.StoreUnreadable(item, fault);
        }
    }

    private async Task<EditOutcome> SetAsideAsync(EditOutcome.Unknown outcome, IOutputSink sink, CancellationToken abort)
    {
        var kept = await _telemetry.StoreAsync("set aside", () => sink.SetAsideAsync(abort));
        var error = outcome.Error;
        return outcome with
        {
            Error = error with
            {
                Message = $"{error.Message} Kept for a look at {string.Join(", ", kept)}.",
                DetailsJson = new JsonObject { ["kept"] = new JsonArray([.. kept.Select(path => (JsonNode)path)]) }.ToJsonString(),
            },
        };
    }

    private async Task<Decision> RecoverAsync(ClaimedItem item, CancellationToken abort)
    {
        var attempt = await items.GetOpenAttemptAsync(item, abort);
        var found = await _telemetry.StoreAsync("find", () => images.FindAsync(PlaceOf(item, attempt), attempt.Id, abort));
        _telemetry.Recovered(found is not null);
        var story = found is null ? "nothing was stored, so whether it was billed isn't known" : "its images were found";
        if (warnings.IsNews(item.BatchId, $"an item's process died in a call; {story}")) Log.Recovered(logger, item.Key, story);
        return found is null ? policy.Lost(item, attempt) : policy.Adopt(item, attempt, found);
    }

    private async Task CarryOutAsync(Decision decision, ClaimedItem item)
    {
        var completion = decision.Completion;
        if ((completion.AttemptError ?? completion.Error) is { } error && warnings.IsNews(item.BatchId, error.Param is null ? error.Name : $"{error.Name}, {error.Param}"))
            Log.ItemTrouble(logger, item.Key, error.Name, error.Message);
        if (completion.HaltReason is { } reason) Log.BatchHalted(logger, item.BatchId, reason, completion.HaltDetail!);
        var held = await ItemTelemetry.StepAsync("complete", () => journal.CompleteAsync(completion));
        _telemetry.Completed(completion, held);
        if (held) Log.ItemCompleted(logger, item.Key, completion.AttemptState ?? "no call", completion.Next.ToName());
        else if (warnings.IsNews(item.BatchId, "a claim was lost before its completion was written")) Log.ClaimLost(logger, item.Key);
    }

    private async Task LearnAsync(ClaimedItem item, EditOutcome outcome)
    {
        var group = GroupOf(item);
        if (LimitNewsReader.Read(group, limits.Value.For(group), outcome) is { } news) await UnlessAwayAsync(() => limiter.LearnAsync(news, CancellationToken.None));
    }

    private Task ProveAsync(ClaimedItem item) => UnlessAwayAsync(() => limiter.ProveAsync(item.Model, CancellationToken.None));

    private async Task UnlessAwayAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (DbException exception) when (DatabaseFaults.IsTransient(exception))
        {
            // The item goes on by itself; at worst others are told later.
            Log.DatabaseAway(logger, exception);
        }
    }

    private async Task<TimeSpan?> NoteAsync(ClaimedItem item, EditOutcome outcome)
    {
        try
        {
            return await limiter.NoteAsync(GroupOf(item), item.BatchId, outcome, CancellationToken.None);
        }
        catch (DbException exception) when (DatabaseFaults.IsTransient(exception))
        {
            // The next refusal counts the time all the same.
            Log.DatabaseAway(logger, exception);
            return null;
        }
    }

    private sealed record Look(ClaimedItem Item, Decision? Instead);
}
