using System.Collections.Concurrent;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Throttling;

/// <summary>Paces this process's calls over <see cref="ILimitStore"/>: one pacer a limits group, so that a waiting group never holds up another.</summary>
public sealed class Limiter(
    ILimitStore store, WorkerProcess process, IOptions<LimitsOptions> limits, IOptions<WorkerOptions> worker, TimeProvider time, ILogger<Limiter> logger) : ILimiter
{
    // Calls are got ready for this long ahead: enough to never idle, little enough to be given back quickly.
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, GroupPacer> _pacers = new(StringComparer.Ordinal);
    private readonly CallPlaces _places = new(worker.Value.MaxInFlight);
    private readonly StartTimer _timer = new(time);
    private readonly LimitLearner _learner = new(time);

    /// <inheritdoc/>
    public int Waiting => _pacers.Values.Sum(pacer => pacer.Waiting);

    /// <inheritdoc/>
    public async Task<ICallPlace> EnterAsync(CallTicket ticket, CancellationToken cancellationToken)
    {
        if (ticket.Caps is not { } caps) return await Pacer(ticket.Group).EnterAsync(ticket, cancellationToken);
        var own = await Pacer(ticket.BatchId, caps).EnterAsync(ticket, cancellationToken);
        try
        {
            return new CappedPlace(own, await Pacer(ticket.Group).EnterAsync(ticket, cancellationToken));
        }
        catch
        {
            await own.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task LearnAsync(LimitNews news, CancellationToken cancellationToken)
    {
        if (news.PerMinute.ContainsKey(LimitDimension.Tokens)) Pacer(news.Group).SettlesTokens = true;
        if (_learner.IsNews(news)) await store.LearnAsync(news, cancellationToken);
    }

    /// <inheritdoc/>
    public int Appetite(string group) => Appetite(limits.Value.For(group), Pacer(group).Ahead);

    /// <inheritdoc/>
    public int Appetite(string batchId, BatchCaps caps) => Appetite(caps.ToLimits(), Pacer(batchId, caps).Ahead);

    private static int Appetite(GroupLimits limits, int ahead)
    {
        // Where learning is on the configured pace is no bound.
        var perMinute = limits.Learn ? double.PositiveInfinity : Math.Min(limits.ImagesPerMinute ?? double.PositiveInfinity, limits.RequestsPerMinute ?? double.PositiveInfinity);
        var wanted = Math.Min(perMinute / 60 * Ahead.TotalSeconds + 2, limits.MaxInFlight ?? double.PositiveInfinity);
        return wanted >= int.MaxValue ? int.MaxValue : Math.Max(0, (int)wanted - ahead);
    }

    private GroupPacer Pacer(string group) =>
        _pacers.GetOrAdd(group, name => new GroupPacer(name, limits.Value.For(name), store, _places, process, _timer, time, logger));

    private GroupPacer Pacer(string batchId, BatchCaps caps) =>
        _pacers.GetOrAdd(BatchCaps.GroupOf(batchId), name => new GroupPacer(name, caps.ToLimits(), store, places: null, process, _timer, time, logger));
}
