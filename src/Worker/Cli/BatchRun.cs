using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Hosting;
using Darkroom.Worker.Progress;

namespace Darkroom.Worker.Cli;

/// <summary>Works on one batch in this process until it has finished or been stopped. Other batches are left alone: they may be meant for another endpoint.</summary>
internal static class BatchRun
{
    /// <summary>Works on it.</summary>
    /// <param name="context">Signals and progress.</param>
    /// <param name="services">The services.</param>
    /// <param name="batchId">The batch.</param>
    /// <returns>The batch as it stood last.</returns>
    /// <exception cref="OperationCanceledException">A signal stopped it; what was in flight has finished.</exception>
    public static async Task<BatchStatus> RunAsync(CliContext context, IServiceProvider services, string batchId)
    {
        var loop = services.GetRequiredService<WorkerLoop>();
        await loop.StartAsync(batchId, context.Signals.Stop);
        var telling = services.GetRequiredService<TellingLoops>();
        telling.Start();
        await using var now = context.Signals.Now.Register(() =>
        {
            loop.Abort();
            telling.Abort();
        });
        using var job = CancellationTokenSource.CreateLinkedTokenSource(context.Signals.Stop);
        Task working = Task.CompletedTask;
        try
        {
            working = services.GetRequiredService<BatchJob>().RunOwnAsync(batchId, job.Token);
            using var view = context.CreateProgressView();
            var watching = services.GetRequiredService<BatchWatcher>().WatchAsync(batchId, view, context.Signals.Stop);
            var first = await Task.WhenAny(watching, loop.Failed, working);
            if (first == loop.Failed) await loop.Failed;
            // A batch whose job broke would be watched for ever: nobody ends it.
            if (working.IsFaulted) await working;
            var status = await watching;
            // The job ends by itself once it sees what the watcher saw, and writes the results. What can't be written now is made up for by a worker.
            await working.WaitAsync(context.Signals.Stop);
            // What the end has to tell is tried once here; what isn't delivered then, the next worker delivers.
            await telling.EndAsync(context.Signals.Stop);
            return status;
        }
        catch (OperationCanceledException) when (context.Signals.Stop.IsCancellationRequested)
        {
            await context.Error.WriteLineAsync("Stopping: calls in flight finish; a second signal stops at once.");
            throw;
        }
        finally
        {
            await loop.StopAsync();
            await telling.StopAsync();
            // It gives its job back, which takes the database.
            await job.CancelAsync();
            await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The exit code that a batch's end means.</summary>
    public static int ExitCodeOf(BatchStatus status) => status.Batch.State switch
    {
        BatchState.Completed => ExitCodes.Success,
        BatchState.CompletedWithErrors => ExitCodes.WithErrors,
        _ => ExitCodes.Halted,
    };
}
