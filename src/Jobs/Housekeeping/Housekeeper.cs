using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Housekeeping;

/// <summary>Keeps house every few minutes. In small sets: a large delete would hold others up, and the next sweep goes on anyway.</summary>
public sealed class Housekeeper(IHousekeepingStore store, IOptions<HousekeepingOptions> options, TimeProvider time, ILogger<Housekeeper> logger)
{
    /// <summary>Rows of a table in one transaction.</summary>
    public const int MaxSet = 1000;

    private const int MaxSets = 50;

    /// <summary>Keeps house until canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(options.Value.Interval, time, cancellationToken);
            try
            {
                await SweepAsync(cancellationToken);
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
            {
                Log.Failed(logger, exception);
            }
        }
    }

    /// <summary>Keeps house once.</summary>
    /// <returns>Rows removed.</returns>
    public async Task<long> SweepAsync(CancellationToken cancellationToken)
    {
        var removed = 0L;
        for (var set = 0; set < MaxSets; set++)
        {
            if (await store.SweepAsync(options.Value.Keep, MaxSet, cancellationToken) is not { Count: > 0 } swept) break;
            removed += swept.Values.Sum();
            if (swept.Values.All(rows => rows < MaxSet)) break;
        }

        if (removed > 0) Log.Swept(logger, removed);
        return removed;
    }
}
