using Darkroom.Jobs.Changes;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Running;

namespace Darkroom.Worker.Api;

/// <summary>Folds changes and costs that nobody needs singly any more, so that sums stay cheap. Every worker does; the database lets one at a time.</summary>
internal sealed class ChangeFolding(IChangeFeed feed, ILedgerStore ledger, TimeProvider time, ILogger<ChangeFolding> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken);
            try
            {
                while (await feed.FoldAsync(IChangeFeed.Retention, stoppingToken) > 0)
                {
                    // More may be left.
                }

                while (await ledger.FoldAsync(stoppingToken))
                {
                    // As above.
                }
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
            {
                Log.CannotFold(logger, exception.Message);
            }
        }
    }
}
