using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Waits;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Limits;

namespace Darkroom.Worker.Progress;

/// <summary>Looks at a batch until it has ended or been stopped, and shows what it sees.</summary>
public sealed class BatchWatcher(IBatchDesk batches, ILimitDesk limits, IWaits waits, TimeProvider time, IForecasts? forecasts = null)
{
    // What they are read from is more than counts, and nobody reads faster.
    private static readonly TimeSpan WaitsInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LimitInterval = TimeSpan.FromSeconds(3);

    /// <summary>Watches.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="view">Where it is shown.</param>
    /// <param name="cancellationToken">Stops watching.</param>
    /// <returns>The batch as it stood last.</returns>
    /// <exception cref="OperationCanceledException">Watching was stopped.</exception>
    public async Task<BatchStatus> WatchAsync(string batchId, IProgressView view, CancellationToken cancellationToken)
    {
        var pace = new BatchPace(time);
        DateTimeOffset? deadline = null;
        var isDeadlineKnown = false;
        PaceShape? limit = null;
        long? limitAt = null;
        IReadOnlyList<BatchWait> waiting = [];
        long? lookedAt = null;
        while (true)
        {
            try
            {
                var status = await batches.GetStatusAsync(batchId, cancellationToken) ?? throw new InvalidOperationException($"Batch {batchId} is gone.");
                if (!isDeadlineKnown && forecasts is not null) deadline = (await forecasts.GetAsync(batchId, cancellationToken))?.Deadline;
                isDeadlineKnown = true;
                if (lookedAt is not { } seen || time.GetElapsedTime(seen) >= WaitsInterval)
                {
                    waiting = (await waits.GetAsync([batchId], cancellationToken)).GetValueOrDefault(batchId) ?? [];
                    lookedAt = time.GetTimestamp();
                }

                if (limitAt is not { } at || time.GetElapsedTime(at) >= LimitInterval)
                {
                    limit = await limits.PaceOfAsync(batchId, cancellationToken);
                    limitAt = time.GetTimestamp();
                }

                var left = pace.Add(status.Items);
                view.Show(ProgressLine.Of(status, pace, limit?.PerMinute, left, waiting) with { IsLimitLearned = limit?.Source == "learned", Deadline = deadline, Now = time.GetUtcNow() });
                if (status.Batch.State.IsFinal() || status.Batch.State is BatchState.Halted or BatchState.Paused or BatchState.AwaitingApproval && status.Items.Sending == 0) return status;
            }
            catch (HttpRequestException)
            {
                view.ShowTrouble("the server is away; waiting for it");
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
            {
                view.ShowTrouble("the database is away; waiting for it");
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }
}
