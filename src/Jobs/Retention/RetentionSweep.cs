using System.Data.Common;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Retention;

/// <summary>Purges what is older than the retention, again and again, and goes on with purges that were killed. One process at a time does it.</summary>
public sealed class RetentionSweep(IPurgeStore store, Purger purger, IOptions<RetentionOptions> options, TimeProvider time, ILogger<RetentionSweep> logger)
{
    /// <summary>Sweeps until canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await SweepAsync(cancellationToken);
            }
            catch (DbException exception) when (DatabaseFaults.IsTransient(exception))
            {
                Log.RoundPutOff(logger, exception);
            }

            await Task.Delay(options.Value.Interval, time, cancellationToken);
        }
    }

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
