using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Schedules;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Waits;

/// <summary>Says what batches wait for: the one place that knows, for the command line, the API, pages and forecasts.</summary>
public sealed class BatchWaits(IWaitStore store, ILimitStore limits, ModelBook book, IOptions<LimitsOptions> configured) : IWaits
{
    // At a fast pace the next start always lies a little ahead.
    private static readonly TimeSpan ShortestLimit = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<BatchWait>>> GetAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken)
    {
        var signs = batchIds.Count == 0 ? [] : await store.ReadAsync(batchIds, cancellationToken);
        if (signs.Count == 0) return new Dictionary<string, IReadOnlyList<BatchWait>>(StringComparer.Ordinal);
        // What was learned of other endpoints and keys holds nothing here.
        var states = (await limits.ReadAsync(cancellationToken)).Where(state => state.IsOurs).ToList();
        var holds = await limits.ReadHoldsAsync(cancellationToken);
        return signs.Select(sign => (sign.BatchId, Waits: Of(sign, states, holds))).Where(known => known.Waits.Count > 0)
            .ToDictionary(known => known.BatchId, known => known.Waits, StringComparer.Ordinal);
    }

    /// <summary>What one batch waits for.</summary>
    /// <param name="signs">What is known of the batch.</param>
    /// <param name="states">What is known of all limits.</param>
    /// <param name="holds">The holds that services told.</param>
    public IReadOnlyList<BatchWait> Of(WaitSigns signs, IReadOnlyList<LimitState> states, IReadOnlyList<LimitHold> holds)
    {
        ArgumentNullException.ThrowIfNull(signs);
        var waits = new List<BatchWait>();
        if (signs.State == BatchState.Halted)
        {
            if (signs.NextProbe is { } probe) waits.Add(Probe(signs, probe));
        }
        else
        {
            if (signs.HasOpen) AddStarts(waits, signs, states, holds);
        }

        if ((signs.HasOpen || signs.HasLeased || signs.NextProbe is not null) && Queue(signs, isFree: waits.Count == 0) is { } queue) waits.Add(queue);
        return waits;
    }

    // The groups of the models. What limits are kept by is decided where they are reserved.
    private HashSet<string> GroupsOf(WaitSigns signs) => signs.Models.Select(model => book.Find(model).LimitsGroup).ToHashSet(StringComparer.Ordinal);

    private void AddStarts(List<BatchWait> waits, WaitSigns signs, IReadOnlyList<LimitState> states, IReadOnlyList<LimitHold> holds)
    {
        var groups = GroupsOf(signs);
        if (signs.OpensIn > TimeSpan.Zero && signs.Hours is { } hours) waits.Add(Window(signs, hours));
        waits.AddRange(holds.Where(hold => groups.Contains(hold.Group) && hold.Until > signs.Now).Select(hold => Hold(signs, hold)));
        if (Backoff(signs) is { } backoff) waits.Add(backoff);
        if (signs.Budget is { } budget) waits.Add(Budget(budget));
        var next = states.Where(state => (groups.Contains(state.Group) || state.Group == BatchCaps.GroupOf(signs.BatchId)) && PaceOf(state) is not null && state.NextIn >= ShortestLimit)
            // A hold moves the next start, too.
            .Where(state => !holds.Any(hold => hold.Group == state.Group && hold.Until + ShortestLimit >= signs.Now + state.NextIn))
            .MaxBy(state => state.NextIn);
        if (next is not null) waits.Add(Limit(signs, next, PaceOf(next)!));
        else if (!signs.HasCalls && states.FirstOrDefault(state => groups.Contains(state.Group) && state.InFlight >= configured.Value.For(state.Group).MaxInFlight) is { } full) waits.Add(Full(full));
    }

    private static BatchWait Window(WaitSigns signs, BatchHours hours)
    {
        // Two readings of the clock are some microseconds apart, and 02:59:59.999 is no time to tell.
        var at = signs.Now + signs.OpensIn;
        var until = new DateTimeOffset((at.Ticks + (TimeSpan.TicksPerSecond / 2)) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, at.Offset);
        // By the clock of the zone that the hours are of, whatever the reader's is.
        var clock = TimeZoneInfo.TryFindSystemTimeZoneById(hours.Zone, out var zone) ? TimeOnly.FromDateTime(WallClock.At(until, zone)) : hours.From;
        return new BatchWait(
            WaitKinds.Window, until, signs.OpensIn, $"Waiting until {Clock(clock)} (your hours)", $"Calls of this batch start from {Clock(hours.From)} to {Clock(hours.To)}, {hours.Zone}.", WaitTellers.You);
    }

    private static BatchWait Hold(WaitSigns signs, LimitHold hold)
    {
        var left = hold.Until - signs.Now;
        var status = hold.Status is { } code ? string.Create(CultureInfo.InvariantCulture, $" (HTTP {code})") : "";
        var bounded = hold.Asked > hold.Kept + ShortestLimit;
        return new BatchWait(
            WaitKinds.Hold, hold.Until, left,
            $"Waiting {DurationText.Coarse(left)}, told by the service" + (bounded ? $" (it said {DurationText.Coarse(hold.Asked)})" : ""),
            $"The service said to wait {DurationText.Coarse(hold.Asked)}{status}" + (bounded ? $"; Darkroom asks again after {DurationText.Coarse(hold.Kept)}" : "") + (hold.Words.Length == 0 ? "." : $": {hold.Words}"),
            WaitTellers.Service)
        { Since = hold.Since };
    }

    private static BatchWait? Backoff(WaitSigns signs)
    {
        if (signs.HasReady || signs.HasCalls || signs.LastError is null || signs.NextDue is not { } due || due <= signs.Now) return null;
        var left = due - signs.Now;
        return new BatchWait(WaitKinds.Backoff, due, left, $"Waiting {DurationText.Coarse(left)} to try again", $"The last try ended with: {signs.LastError}", WaitTellers.Darkroom);
    }

    private static BatchWait Budget(TightBudget budget) => new(
        WaitKinds.Budget, null, null, "Waiting for calls in flight: the rest of the budget is reserved for them",
        $"Of the budget of the {budget.Name}, USD {Money.Format(budget.Cap)}, USD {Money.Format(budget.Spent)} are spent and USD {Money.Format(budget.Reserved)} are reserved for calls in flight.",
        WaitTellers.You);

    private static BatchWait Limit(WaitSigns signs, LimitState state, PaceInForce pace)
    {
        var (rate, from) = (pace.PerMinute, pace.IsLearned ? state.LearnedFrom : null);
        var isOwn = state.Group == BatchCaps.GroupOf(signs.BatchId);
        var source = isOwn ? "this batch's own limit" : from switch { null => "as configured", "told" => "told by the service", "found" => "as learned from refusals", _ => "still rising until the service refuses" };
        var slowed = state.Share < 1 ? string.Create(CultureInfo.InvariantCulture, $", slowed to {Math.Floor(state.Share * 100)} % after refusals") : "";
        return new BatchWait(
            WaitKinds.Limit, signs.Now + state.NextIn, state.NextIn, $"Waiting for the rate limit, next start in {DurationText.Coarse(state.NextIn)}",
            string.Create(CultureInfo.InvariantCulture, $"{(isOwn ? "The batch" : state.Group)} may take {rate:0.##} {Units(state.Dimension)} per minute, {source}{slowed}."),
            isOwn || from is null ? WaitTellers.You : from == "told" ? WaitTellers.Service : WaitTellers.Darkroom);
    }

    private static BatchWait Full(LimitState state) => new(
        WaitKinds.Limit, null, null, "Waiting for other batches' calls to end",
        string.Create(CultureInfo.InvariantCulture, $"All {state.InFlight} calls that {state.Group} may have in flight at once are out."), WaitTellers.You);

    private static BatchWait Probe(WaitSigns signs, DateTimeOffset at)
    {
        var left = at > signs.Now ? at - signs.Now : TimeSpan.Zero;
        return new BatchWait(
            WaitKinds.Probe, at, left, left > TimeSpan.Zero ? $"Trying one call in {DurationText.Coarse(left)}" : "Trying one call now",
            $"The batch is halted ({signs.HaltReason}); with --probe it tries a single call from time to time.", WaitTellers.You);
    }

    // Nobody knows when a worker comes, so these have no end.
    private static BatchWait? Queue(WaitSigns signs, bool isFree)
    {
        if (signs.HasReady || signs.HasCalls) return null;
        if (!signs.IsTaken && signs.Workers == 0)
            return Waiting("No worker is running", "Start one with 'darkroom worker'.");
        if (!signs.State.IsOpen() || signs.OpensIn > TimeSpan.Zero) return null;
        if (!signs.IsTaken)
            return Waiting("Waiting for a worker to take it", string.Create(CultureInfo.InvariantCulture, $"{signs.Workers} {(signs.Workers == 1 ? "worker is" : "workers are")} running and none works on this batch yet."));
        return isFree && signs.HasRivals && signs.NextDue <= signs.Now
            ? Waiting("Waiting for its turn behind other batches", "Other batches have all places of the workers (Worker__MaxInFlight).")
            : null;

        static BatchWait Waiting(string text, string why) => new(WaitKinds.Queue, null, null, text, why, WaitTellers.Darkroom);
    }

    // Null for what is only counted, and for what the service limits under a name of its own.
    private PaceInForce? PaceOf(LimitState state) =>
        state.Dimension is LimitDimension.Requests or LimitDimension.Images or LimitDimension.InputImages or LimitDimension.Tokens ? PaceInForce.Of(state, configured.Value.For(state.Group).Learn) : null;

    private static string Units(string dimension) => dimension switch
    {
        LimitDimension.Requests => "calls",
        LimitDimension.Images => "images",
        LimitDimension.InputImages => "input images",
        _ => "tokens",
    };

    private static string Clock(TimeOnly time) => time.ToString(time.Second == 0 ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);
}
