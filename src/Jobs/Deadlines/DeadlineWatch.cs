using Darkroom.Jobs.Running;
using Darkroom.Jobs.Waits;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Deadlines;

/// <summary>Looks at batches with deadlines, and tells of those that will be, or are, late: in the log and by webhook, each once over all processes.</summary>
public sealed class DeadlineWatch(IForecastStore forecasts, TimeProvider time, ILogger<DeadlineWatch> logger)
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>Watches until canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await LookAsync(cancellationToken);
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception) && !cancellationToken.IsCancellationRequested)
            {
                Log.WatchFailed(logger, exception);
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var forecast in await forecasts.ListWithDeadlineAsync(cancellationToken))
        {
            var verdict = DeadlineRule.Decide(forecast);
            if (verdict == DeadlineVerdict.Nothing || !await forecasts.NoteAsync(forecast.BatchId, verdict, cancellationToken)) continue;
            if (verdict == DeadlineVerdict.Missed) Log.Missed(logger, forecast.BatchId, forecast.Deadline!.Value, forecast.Open);
            else Log.AtRisk(logger, forecast.BatchId, forecast.FinishEstimate!.Value, forecast.Deadline!.Value, BatchWait.Longest(forecast.Waits) is { } wait ? $" {wait.Text}: {wait.Why}" : "");
        }
    }
}
