using System.Text.Json.Nodes;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Reuse;

namespace Darkroom.Jobs.Running;

/// <summary>The one place that decides what an outcome leads to for its item and its batch. Pure, but for the jitter.</summary>
public sealed class OutcomePolicy(CallPricing pricing, Backoff backoff)
{
    /// <summary>Calls in a row that may fail to reach the service before the batch is halted: about five minutes of trying.</summary>
    public const int MaxUnsent = 12;

    /// <summary>Unknown outcomes after which an item isn't sent again, whatever the policy.</summary>
    public const int MaxUnknowns = 1;

    /// <summary>The wait after a 429 that names none.</summary>
    public static readonly TimeSpan ThrottledWait = TimeSpan.FromSeconds(5);

    /// <summary>USD that one call of an item may cost at worst, or null when its model has no known price.</summary>
    public decimal? WorstCostOf(ClaimedItem item) => pricing.Unconfirmed(item).CostUsd;

    /// <summary>Decides. Without an attempt, the outcome is that of what had to be done before a call.</summary>
    public Decision Decide(ClaimedItem item, Attempt? attempt, CallResult result)
    {
        var ended = new ItemCompletion(item, ItemState.Pending)
        {
            Attempt = attempt,
            HttpStatus = result.Outcome.HttpStatus,
            RequestId = result.Outcome.RequestId,
            Error = result.Outcome.ErrorOrNull,
        };
        return result.Outcome switch
        {
            EditOutcome.Succeeded o => Succeeded(ended, o.UsageJson, o.Images, result.Outputs, AttemptState.Succeeded),
            EditOutcome.Rejected => new Decision(ended with { Next = ItemState.Rejected, AttemptState = AttemptState.Rejected, SpendsAttempt = true }),
            EditOutcome.Throttled o => Throttled(ended, o, result.ThrottledFor),
            EditOutcome.Halted o => new Decision(Halt(ended with { AttemptState = AttemptState.Halted, Error = null, AttemptError = o.Error }, o.Reason, o.Error.Message)),
            EditOutcome.ServerFailed o => Failed(ended with { AttemptState = AttemptState.ServerFailed }, o.RetryAfter),
            EditOutcome.NotSent o => NotSent(ended, o.Error),
            EditOutcome.Unknown o => Unknown(ended, o.RetryAfter, o.ForbidsRetry),
            _ => throw new InvalidOperationException($"No rule for {result.Outcome.GetType().Name}."),
        };
    }

    /// <summary>Decides for an item whose sources couldn't be uploaded: as for a call with that outcome, except that no call was begun.</summary>
    /// <param name="item">The item.</param>
    /// <param name="failure">What came of the upload.</param>
    /// <param name="throttledFor"><see cref="CallResult.ThrottledFor"/>.</param>
    public Decision NotPrepared(ClaimedItem item, EditOutcome failure, TimeSpan? throttledFor) => Decide(item, attempt: null, new CallResult(failure, []) { ThrottledFor = throttledFor });

    /// <summary>Decides for a call that was refused because the service doesn't know an uploaded source any more: it is sent again, and nothing is spent.</summary>
    public Decision SourcesGone(ClaimedItem item, Attempt attempt, EditOutcome refusal) => new(new ItemCompletion(item, ItemState.Pending)
    {
        Attempt = attempt,
        AttemptState = AttemptState.Rejected,
        HttpStatus = refusal.HttpStatus,
        RequestId = refusal.RequestId,
        AttemptError = refusal.ErrorOrNull,
    });

    /// <summary>Decides for a call whose process died, when its images were found in the store: it was paid for, and nothing is lost.</summary>
    public Decision Adopt(ClaimedItem item, Attempt attempt, AdoptedOutputs found) => Succeeded(
        // What the sources were is known from before the call only; looked at now, they may be others.
        new ItemCompletion(item with { EditKey = found.Metadata.EditKey, SourceVersion = found.Metadata.SourceVersion }, ItemState.Pending) { Attempt = attempt, RequestId = found.Metadata.RequestId },
        found.Metadata.UsageJson, found.Images.Count, found.Images, AttemptState.Adopted);

    /// <summary>
    /// Decides for an item whose earlier attempt was paid for and booked, and whose images the worker kept while the store was away: they are in the store now, nothing is
    /// called, and nothing is booked.
    /// </summary>
    public static Decision TakeKept(ClaimedItem item, AdoptedOutputs kept) => new(
        // The service wasn't asked, so this says nothing of it.
        new ItemCompletion(item with { EditKey = kept.Metadata.EditKey, SourceVersion = kept.Metadata.SourceVersion, IsProbe = false }, ItemState.Succeeded)
        {
            Attempt = new Attempt(kept.Metadata.AttemptId, item.Calls),
            AttemptState = AttemptState.Adopted,
            RequestId = kept.Metadata.RequestId,
            UsageJson = kept.Metadata.UsageJson,
            Outputs = kept.Images,
        });

    /// <summary>Decides for a call whose process died, when nothing was found: it may have been paid for.</summary>
    public Decision Lost(ClaimedItem item, Attempt attempt) => Unknown(
        new ItemCompletion(item, ItemState.Pending)
        {
            Attempt = attempt,
            Error = new ServiceError(ErrorClasses.UnknownOutcome, "process_died", "The worker died during the call; whether it was billed isn't known."),
        });

    /// <summary>
    /// Decides for a call that was answered and whose images couldn't be stored. What the worker kept is stored later by itself (<see cref="KeptAdoption"/>); images that are
    /// paid for and gone wait for a person, who decides before more is bought.
    /// </summary>
    public Decision StoreFailed(ClaimedItem item, Attempt attempt, EditOutcome.Succeeded? answer, ImageStoreException fault)
    {
        var lost = LostByStore(item, attempt, answer, fault);
        if (fault.Kept.Count == 0) return new(Halt(lost, HaltReasons.Store, fault.Message));
        var kept = $"{fault.Message} Kept on the worker's own disk: {string.Join(", ", fault.Kept)}.";
        return new(lost with
        {
            Error = lost.Error! with { Message = kept, DetailsJson = new JsonObject { ["kept"] = new JsonArray([.. fault.Kept.Select(path => (JsonNode)path)]) }.ToJsonString() },
            HaltReason = HaltReasons.Store,
            HaltDetail = $"{fault.Message} Make room or restore access, then resume the batch: this worker kept the images that were paid for and stores them then, without buying them again.",
        });
    }

    private ItemCompletion LostByStore(ClaimedItem item, Attempt attempt, EditOutcome.Succeeded? answer, ImageStoreException fault) =>
        new ItemCompletion(item, ItemState.Held)
        {
            Attempt = attempt,
            AttemptState = AttemptState.Unknown,
            SpendsAttempt = true,
            CountsUnknown = true,
            HttpStatus = answer?.HttpStatus,
            RequestId = answer?.RequestId,
            Error = new ServiceError(ErrorClasses.Store, "not_stored", fault.Message),
            UsageJson = answer?.UsageJson,
            Ledger = answer is null ? pricing.Unconfirmed(item) : pricing.Answered(item, answer.UsageJson, answer.Images),
        };

    /// <summary>Decides for an item that was paid for before: nothing is called.</summary>
    public static Decision Reuse(ClaimedItem item, EarlierEdit earlier) => new(new ItemCompletion(item, ItemState.Reused) { ReusedFrom = earlier.ItemId });

    /// <summary>Decides for an item before whose call the store couldn't be read: nothing is bought that can't be kept.</summary>
    public static Decision StoreUnreadable(ClaimedItem item, ImageStoreException fault) =>
        new(Halt(new ItemCompletion(item, ItemState.Pending), HaltReasons.Store, fault.Message));

    /// <summary>Decides for work that a fault of ours broke off: before a call it fails, in a call the outcome is unknown.</summary>
    public Decision Broken(ClaimedItem item, Attempt? attempt, Exception fault)
    {
        var ended = new ItemCompletion(item, ItemState.Failed)
        {
            Attempt = attempt,
            Error = new ServiceError(ErrorClasses.Internal, fault.GetType().Name, SecretScrubber.Scrub(fault.Message)),
        };
        return attempt is null ? new Decision(ended) : Unknown(ended with { Next = ItemState.Pending });
    }

    private static ItemCompletion Halt(ItemCompletion ended, string reason, string said) =>
        ended with { HaltReason = reason, HaltDetail = HaltAdvice.After(said, reason) };

    private static Decision Throttled(ItemCompletion ended, EditOutcome.Throttled outcome, TimeSpan? throttledFor)
    {
        var waiting = ended with { AttemptState = AttemptState.Throttled, Error = null, AttemptError = Told(outcome.Error, outcome.RetryAfter), RetryDelay = Backoff.Bounded(outcome.RetryAfter ?? ThrottledWait) };
        if (throttledFor is not { } time) return new Decision(waiting);
        var since = time == TimeSpan.MaxValue ? "The call that was tried after the halt was refused again."
            : $"For {(time < TimeSpan.FromMinutes(1) ? $"{time.TotalSeconds:0} s" : $"{time.TotalMinutes:0} min")} the service has refused every call for its limits.";
        return new Decision(Halt(waiting, HaltReasons.Throttled, $"{outcome.Error.Message} {since}"));
    }

    // A wait that isn't kept to in full is told with the error, so that it is read wherever the error is.
    private static ServiceError Told(ServiceError error, TimeSpan? asked) => Backoff.Told(asked) is { } told ? error with { Message = $"{error.Message} {told}" } : error;

    private Decision Succeeded(ItemCompletion ended, string? usageJson, int images, IReadOnlyList<StoredImage> outputs, string attemptState) =>
        new(ended with
        {
            Next = ItemState.Succeeded,
            AttemptState = attemptState,
            SpendsAttempt = true,
            UsageJson = usageJson,
            Ledger = pricing.Answered(ended.Item, usageJson, images),
            Outputs = outputs,
        });

    private Decision Failed(ItemCompletion ended, TimeSpan? asked)
    {
        var spent = ended.Item.Attempts + 1;
        return new Decision(spent >= ended.Item.MaxAttempts
            ? ended with { Next = ItemState.Failed, SpendsAttempt = true }
            : ended with { SpendsAttempt = true, Error = Told(ended.Error!, asked), RetryDelay = backoff.Next(spent, asked) });
    }

    // A service out of reach is no fault of the item: it costs nothing and spends nothing. But it can't go on for ever.
    private Decision NotSent(ItemCompletion ended, ServiceError error)
    {
        var unsent = ended.Item.Unsent + 1;
        var waiting = ended with { AttemptState = AttemptState.NotSent, CountsUnsent = true, RetryDelay = backoff.Next(unsent) };
        return new Decision(unsent % MaxUnsent == 0 ? Halt(waiting, HaltReasons.Unreachable, error.Message) : waiting);
    }

    private Decision Unknown(ItemCompletion ended, TimeSpan? asked = null, bool forbidsRetry = false)
    {
        var item = ended.Item;
        var unknown = ended with { AttemptState = AttemptState.Unknown, SpendsAttempt = true, CountsUnknown = true, Ledger = pricing.Unconfirmed(item) };
        if (item.OnUnknown == OnUnknown.Hold || forbidsRetry || item.Unknowns >= MaxUnknowns) return new Decision(unknown with { Next = ItemState.Held });
        return new Decision(item.Attempts + 1 >= item.MaxAttempts
            ? unknown with { Next = ItemState.Failed }
            : unknown with { Error = Told(ended.Error!, asked), RetryDelay = backoff.Next(item.Attempts + 1, asked) });
    }
}
