using Darkroom.Jobs.Outputs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Retention;

/// <summary>Purges what is older than the retention, and goes on with purges that were killed. One process at a time does it.</summary>
public sealed class RetentionSweep(IPurgeStore store, Purger purger, IOptions<RetentionOptions> options, ILogger<RetentionSweep> logger)
{
    /// <summary>Sweeps once.</summary>
    /// <returns>How many batches were purged.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var purged = 0;
        await using var turn = await store.TryTakeTurnAsync(cancellationToken);
        if (turn is null) return purged;
        foreach (var batchId in await store.FindAsync(options.Value.After, cancellationToken))
        {
            try
            {
                var result = await purger.PurgeAsync(batchId, cancellationToken);
                if (result.Refusal is { } reason) Log.PurgeRefused(logger, batchId, reason);
                else purged++;
            }
            catch (ImageStoreException exception)
            {
                Log.PurgePutOff(logger, exception, batchId);
            }
        }

        return purged;
    }
}
