using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Housekeeping;

/// <summary>Keeps house, in small sets: a large delete would hold others up, and the next sweep goes on anyway.</summary>
public sealed class Housekeeper(IHousekeepingStore store, IOptions<HousekeepingOptions> options, ILogger<Housekeeper> logger)
{
    /// <summary>Rows of a table in one transaction.</summary>
    public const int MaxSet = 1000;

    private const int MaxSets = 50;

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
