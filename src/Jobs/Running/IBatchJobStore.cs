using System.Globalization;
using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Running;

/// <summary>Keeps which process runs the job of which batch.</summary>
public interface IBatchJobStore
{
    /// <summary>
    /// Finds the batches that need a job and have none, and notes that they are given one: of several workers that ask at once, one gets a batch. Halted batches that are due to
    /// try a single call are queued, too.
    /// </summary>
    /// <param name="lostAfter">A job that was enqueued, or given back, and that nobody runs after this time counts as lost.</param>
    /// <param name="hasFreePlace">Whether this worker could run one more job. Only then can it tell a lost job from one that waits for a place.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The most urgent first.</returns>
    Task<IReadOnlyList<MissingJob>> TakeMissingAsync(TimeSpan lostAfter, bool hasFreePlace, CancellationToken cancellationToken);

    /// <summary>The batches weren't given a job after all.</summary>
    Task ForgetAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken);

    /// <summary>Begins the job of a batch in a process.</summary>
    /// <returns>False when the batch is neither queued nor running, or another live process runs its job.</returns>
    Task<bool> BeginAsync(string batchId, long processId, CancellationToken cancellationToken);

    /// <summary>Lets the items of a queued batch be claimed: it is running afterwards.</summary>
    Task OpenAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>Ends the job of a batch. If the batch is to be worked on all the same, every worker is told.</summary>
    Task EndAsync(string batchId, long processId, CancellationToken cancellationToken);

    /// <summary>Gives back a job that will be run again, here or elsewhere.</summary>
    Task GiveBackAsync(string batchId, long processId, CancellationToken cancellationToken);

    /// <summary>The titles of all batches that are queued or running, with their progress.</summary>
    Task<IReadOnlyList<BatchTitle>> ListOpenAsync(CancellationToken cancellationToken);

    /// <summary>The title of one batch, without progress; null when there is no such batch.</summary>
    Task<BatchTitle?> FindAsync(string batchId, CancellationToken cancellationToken);
}

/// <summary>A batch that needs a job.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Priority">0 (last) to 9 (first).</param>
public sealed record MissingJob(string BatchId, int Priority);

/// <summary>What a batch's job is called where people look at jobs.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Name">The batch's name.</param>
/// <param name="State">The batch's state.</param>
/// <param name="Items">How many items the batch has.</param>
/// <param name="Ended">How many of them have ended; null for a batch that is neither queued nor running.</param>
public sealed record BatchTitle(string BatchId, string Name, BatchState State, long Items, long? Ended)
{
    /// <summary>For people: <c>mugs.jsonl (20261122-k7f3q9): 340 of 1,000 items, 34 %</c>.</summary>
    public override string ToString()
    {
        var name = $"{Name} ({BatchId})";
        if (Ended is not { } ended) return $"{name}: the batch is {State.ToName().Replace('_', ' ')}";
        var percent = Items == 0 ? 100 : ended * 100 / Items;
        return string.Create(CultureInfo.InvariantCulture, $"{name}: {ended:N0} of {Items:N0} items, {percent} %");
    }
}
