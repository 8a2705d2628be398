using System.Collections.Concurrent;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Throttling;

/// <summary>Paces this process's calls over <see cref="ILimitStore"/>: one pacer a limits group, so that a waiting group never holds up another.</summary>
public sealed class Limiter(ILimitStore store, WorkerProcess process, IOptions<LimitsOptions> limits, TimeProvider time, ILogger<Limiter> logger) : ILimiter
{
    // Calls are got ready for this long ahead: enough to never idle, little enough to be given back quickly.
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, GroupPacer> _pacers = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<IAsyncDisposable> EnterAsync(string group, CallCost cost, CancellationToken cancellationToken) =>
        Pacer(group).EnterAsync(cost, cancellationToken);

    /// <inheritdoc/>
    public Task HoldAsync(string group, TimeSpan time, CancellationToken cancellationToken) => store.HoldAsync(group, time, cancellationToken);

    /// <inheritdoc/>
    public int Appetite(string group)
    {
        var groupLimits = limits.Value.For(group);
        var perMinute = Math.Min(groupLimits.ImagesPerMinute ?? double.PositiveInfinity, groupLimits.RequestsPerMinute ?? double.PositiveInfinity);
        var wanted = Math.Min(perMinute / 60 * Ahead.TotalSeconds + 2, groupLimits.MaxInFlight ?? double.PositiveInfinity);
        return wanted >= int.MaxValue ? int.MaxValue : Math.Max(0, (int)wanted - Pacer(group).Waiting);
    }

    private GroupPacer Pacer(string group) =>
        _pacers.GetOrAdd(group, name => new GroupPacer(name, limits.Value.For(name), store, process, time, logger));
}
