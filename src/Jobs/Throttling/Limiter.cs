using System.Collections.Concurrent;
using System.Data.Common;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Throttling;

/// <summary>Paces this process's calls over <see cref="ILimitStore"/>: one pacer a limits group, so that a waiting group never holds up another.</summary>
public sealed class Limiter(
    ILimitStore store, WorkerProcess process, IOptions<LimitsOptions> limits, IOptions<WorkerOptions> worker, IOptions<EndpointOptions> endpoint,
    IOptions<BreakerOptions> breaker, Redactor redactor, TimeProvider time, ILogger<Limiter> logger) : ILimiter
{
    // Beside those of the time ahead, so that a slow pace can become a faster one.
    private const int Spare = 2;

    // Claims cost much by themselves and little by the item, so that many are worth one, or a quarter of what is wanted. More at once would all get ready at once,
    // and make those late that start meanwhile.
    private const int Worth = 32;
    private const int LeastShare = 4;

    // Shorter waits are over before anybody has read of them.
    private static readonly TimeSpan LeastTold = TimeSpan.FromSeconds(5);

    // Calls are got ready for this long ahead: enough to never idle, little enough to be given back quickly.
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(3);

    // Where no batch is halted for it: what was said longer ago than this says nothing of now.
    private static readonly TimeSpan UsualGap = TimeSpan.FromMinutes(10);

    // Successes are told to other processes at most so often.
    private static readonly TimeSpan SuccessEvery = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, long> _succeeded = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, GroupPacer> _pacers = new(StringComparer.Ordinal);
    private readonly CallPlaces _places = new(worker.Value.MaxInFlight);
    private readonly StartTimer _timer = new(time);
    private readonly LimitLearner _learner = new(time);
    private readonly UnprovenModels _unproven = new(store, endpoint.Value.Place, breaker.Value.Unproven, time);

    /// <inheritdoc/>
    public int Waiting => _pacers.Values.Sum(pacer => pacer.Waiting);

    /// <inheritdoc/>
    public async Task<ICallPlace> EnterAsync(CallTicket ticket, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        if (!await IsBoundedAsync(ticket.Model, cancellationToken)) return await EnterProvenAsync(ticket, cancellationToken);
        using var proven = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var entering = UnprovenPacer(ticket.Model).EnterAsync(ticket, proven.Token);
        // The first image lets go all that wait here, whichever process it came to.
        while (!entering.IsCompleted && !proven.IsCancellationRequested)
        {
            await Task.WhenAny(entering, Task.Delay(UnprovenModels.LookEvery, time, proven.Token));
            if (!entering.IsCompleted && !await IsBoundedAsync(ticket.Model, CancellationToken.None)) await proven.CancelAsync();
        }

        try
        {
            return await WithinAsync(await entering, () => EnterProvenAsync(ticket, cancellationToken));
        }
        catch (OperationCanceledException) when (proven.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return await EnterProvenAsync(ticket, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task LearnAsync(LimitNews news, CancellationToken cancellationToken)
    {
        if (news.PerMinute.ContainsKey(LimitDimension.Tokens)) Pacer(news.Group).SettlesTokens = true;
        if (!_learner.IsNews(news)) return;
        if (news.Told is { } told)
        {
            told = told with { Words = Short(redactor.Redact(SecretScrubber.Scrub(told.Words))) };
            news = news with { Told = told };
            if (news.Hold >= LeastTold && _learner.IsNewHold(news))
            {
                var bound = told.Asked > news.Hold ? $"; Darkroom asks again after {DurationText.Coarse(news.Hold)}" : "";
                Log.ToldToWait(logger, news.Group, DurationText.Coarse(news.Hold), DurationText.Coarse(told.Asked), bound, told.Words);
            }
        }

        await store.LearnAsync(news, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TimeSpan?> NoteAsync(string group, string batchId, EditOutcome outcome, CancellationToken cancellationToken)
    {
        var most = limits.Value.For(group).ThrottledFor;
        if (outcome is EditOutcome.Succeeded)
        {
            await SucceededAsync(group, most, cancellationToken);
            return null;
        }

        if (outcome is not EditOutcome.Throttled refusal) return null;
        // The next success is told at once.
        _succeeded.TryRemove(group, out _);
        var told = new LimitRefusal(refusal.RetryAfter ?? OutcomePolicy.ThrottledWait, refusal.Error.Message);
        var refused = await store.RefusedAsync(group, batchId, told, most > TimeSpan.Zero ? most : UsualGap, cancellationToken);
        return most > TimeSpan.Zero && refused >= most ? refused : null;
    }

    /// <inheritdoc/>
    public Task ProveAsync(string model, CancellationToken cancellationToken) => _unproven.ProveAsync(model, cancellationToken);

    /// <inheritdoc/>
    public int? UnprovenAppetite(string model) => _unproven.IsBounded(model) ? Appetite(_unproven.Limits, UnprovenPacer(model)) : null;

    /// <inheritdoc/>
    public int Appetite(string group) => Appetite(limits.Value.For(group), Pacer(group));

    /// <inheritdoc/>
    public int Appetite(string batchId, BatchCaps caps) => Appetite(caps.ToLimits(), Pacer(batchId, caps));

    private static int Appetite(GroupLimits limits, GroupPacer pacer)
    {
        // Where learning is on the configured pace is no bound.
        var perMinute = limits.Learn ? double.PositiveInfinity : Math.Min(limits.ImagesPerMinute ?? double.PositiveInfinity, limits.RequestsPerMinute ?? double.PositiveInfinity);
        var wanted = Math.Min(perMinute / 60 * Ahead.TotalSeconds + Spare, limits.MaxInFlight ?? double.PositiveInfinity);
        // Whatever holds calls up, and be it a limit that was only learned: more of them than start in that time would only wait.
        if (pacer.HeldUp is { } started) wanted = Math.Min(wanted, started + Spare);
        if (wanted >= int.MaxValue) return int.MaxValue;
        var missing = Math.Max(0, (int)wanted - pacer.Ahead);
        return missing < Math.Min(Worth, wanted / LeastShare) ? 0 : missing;
    }

    private static string Short(string words) => words.Length <= ToldHold.MostWords ? words : string.Concat(words.AsSpan(0, ToldHold.MostWords - 1), "…");

    // Told now and then only: most successes come after others.
    private async Task SucceededAsync(string group, TimeSpan throttledFor, CancellationToken cancellationToken)
    {
        var every = throttledFor > TimeSpan.Zero && throttledFor / 4 < SuccessEvery ? throttledFor / 4 : SuccessEvery;
        var now = time.GetTimestamp();
        if (_succeeded.TryGetValue(group, out var told) ? time.GetElapsedTime(told, now) < every || !_succeeded.TryUpdate(group, now, told) : !_succeeded.TryAdd(group, now)) return;
        try
        {
            await store.SucceededAsync(group, cancellationToken);
        }
        catch
        {
            _succeeded.TryRemove(group, out _);
            throw;
        }
    }

    private async ValueTask<bool> IsBoundedAsync(string model, CancellationToken cancellationToken)
    {
        try
        {
            return await _unproven.IsBoundedAsync(model, cancellationToken);
        }
        catch (DbException exception) when (DatabaseFaults.IsTransient(exception))
        {
            Log.DatabaseAway(logger, exception);
            return true;
        }
    }

    private async Task<ICallPlace> EnterProvenAsync(CallTicket ticket, CancellationToken cancellationToken)
    {
        if (ticket.Caps is not { } caps) return await Pacer(ticket.Group).EnterAsync(ticket, cancellationToken);
        var own = await Pacer(ticket.BatchId, caps).EnterAsync(ticket, cancellationToken);
        return await WithinAsync(own, () => Pacer(ticket.Group).EnterAsync(ticket, cancellationToken));
    }

    // A place within another one, which is given back with it, and when it can't be had.
    private static async Task<ICallPlace> WithinAsync(ICallPlace outer, Func<Task<ICallPlace>> enter)
    {
        try
        {
            return new CappedPlace(outer, await enter());
        }
        catch
        {
            await outer.DisposeAsync();
            throw;
        }
    }

    private GroupPacer Pacer(string group) =>
        _pacers.GetOrAdd(group, name => new GroupPacer(name, limits.Value.For(name), store, _places, process, _timer, Ahead, time, logger));

    private GroupPacer Pacer(string batchId, BatchCaps caps) =>
        _pacers.GetOrAdd(BatchCaps.GroupOf(batchId), name => new GroupPacer(name, caps.ToLimits(), store, places: null, process, _timer, Ahead, time, logger));

    private GroupPacer UnprovenPacer(string model) =>
        _pacers.GetOrAdd(_unproven.GroupOf(model), name => new GroupPacer(name, _unproven.Limits, store, places: null, process, _timer, Ahead, time, logger));
}
