using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Running;

/// <summary>Runs the jobs of batches in this process.</summary>
public interface IBatchJob
{
    /// <summary>How many jobs run in this process.</summary>
    int Count { get; }

    /// <summary>
    /// Runs the job of a batch until the batch has ended or was stopped, until the hours in which its calls may start are over, or until canceled: then another process runs it.
    /// </summary>
    /// <returns>The batch as it stood last; null when there was nothing to do here: the batch isn't open, or the job runs already.</returns>
    Task<Batch?> RunAsync(string batchId, CancellationToken cancellationToken);
}

/// <summary>What is to be done when a batch has ended, beyond the database. It is done again elsewhere if the process dies before.</summary>
public interface IBatchEnding
{
    /// <summary>Does it.</summary>
    Task RunAsync(Batch batch, CancellationToken cancellationToken);
}
