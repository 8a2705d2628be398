using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;
using Hangfire;

namespace Darkroom.Worker.Hangfire;

/// <summary>The Hangfire job of a batch. Its name, its method and the one id that it takes are in the database: an API.</summary>
[KeepQueue]
[AutomaticRetry(Attempts = JobRetries.Attempts, DelaysInSeconds = new[] { 1, 5, 15, 30, 60 })]
public sealed class EditBatch(IBatchJob job, ILogger<EditBatch> logger)
{
    /// <summary>Opens the batch, watches for its end and ends it; the items are claimed by the pumps of all workers.</summary>
    [BatchTitle]
    public async Task RunAsync(string batchId, CancellationToken cancellationToken)
    {
        try
        {
            await job.RunAsync(batchId, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.JobInterrupted(logger, batchId);
            throw;
        }
        catch (Exception exception)
        {
            Log.JobFailed(logger, batchId, exception);
            JobRetries.ThrowWithoutSecrets(exception);
            throw;
        }
    }
}

/// <summary>How often a failed job is run again. The sweep gives a batch a new job anyway: this only bridges short outages.</summary>
internal static class JobRetries
{
    /// <summary>Runs after the first one; the last delay stays.</summary>
    public const int Attempts = 10;

    /// <summary>Hangfire stores the text of what a job throws: throws it anew, without its secrets, if there are any in it.</summary>
    public static void ThrowWithoutSecrets(Exception exception)
    {
        var text = exception.ToString();
        var clean = SecretScrubber.CutSecrets(text);
        if (!string.Equals(clean, text, StringComparison.Ordinal)) throw new InvalidOperationException(clean);
    }
}
