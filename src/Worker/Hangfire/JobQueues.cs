using System.Data;
using System.Globalization;
using Hangfire.Common;
using Hangfire.PostgreSql;
using Hangfire.States;
using Hangfire.Storage;

namespace Darkroom.Worker.Hangfire;

/// <summary>
/// The queues of Hangfire. It takes from them in alphabetical order, so the most urgent priority, 9, is <c>batch-0</c>. The names are in the database: an API.
/// </summary>
internal static class JobQueues
{
    /// <summary>Schedules and upkeep have a queue, and a server, of their own: jobs of batches run for hours and would hold them up.</summary>
    public const string Schedules = "schedules";

    private const int MaxPriority = 9;

    /// <summary>All queues of batches, the most urgent first.</summary>
    public static string[] Batches { get; } = [.. Enumerable.Range(0, MaxPriority + 1).Select(rank => Of(MaxPriority - rank))];

    /// <summary>The queue of a priority.</summary>
    /// <param name="priority">0 (last) to 9 (first).</param>
    /// <exception cref="ArgumentOutOfRangeException">It is below 0 or above 9; Hangfire would take it silently.</exception>
    public static string Of(int priority)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(priority);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, MaxPriority);
        return $"batch-{(MaxPriority - priority).ToString(CultureInfo.InvariantCulture)}";
    }
}

/// <summary>
/// Queues a job again where it was first: a retry would go to the default queue, which nobody serves here. The storage doesn't keep a job's queue itself.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class KeepQueueAttribute : JobFilterAttribute, IElectStateFilter
{
    /// <summary>The job parameter that holds the queue's name.</summary>
    public const string Parameter = "Queue";

    /// <inheritdoc/>
    public void OnStateElection(ElectStateContext context)
    {
        if (context.CandidateState is EnqueuedState enqueued && context.GetJobParameter<string>(Parameter) is { } queue) enqueued.Queue = queue;
    }
}

/// <summary>Gives Hangfire's storage the queue in which one worker looks at a time.</summary>
internal sealed class OneAtATimeQueueProvider(IPersistentJobQueueProvider provider) : IPersistentJobQueueProvider
{
    private readonly OneAtATimeQueue _queue = new(provider.GetJobQueue());

    /// <inheritdoc/>
    public IPersistentJobQueue GetJobQueue() => _queue;

    /// <inheritdoc/>
    public IPersistentJobQueueMonitoringApi GetJobQueueMonitoringApi() => provider.GetJobQueueMonitoringApi();
}

/// <summary>
/// Hangfire's queue, but only one of a server's free workers looks into the database at a time: each for itself they would ask twenty times as often, for
/// nothing. The worker that finds a job leaves, and the next one looks at once.
/// </summary>
internal sealed class OneAtATimeQueue(IPersistentJobQueue queue) : IPersistentJobQueue, IDisposable
{
    private readonly SemaphoreSlim _batches = new(1, 1);
    private readonly SemaphoreSlim _schedules = new(1, 1);

    /// <inheritdoc/>
    public IFetchedJob Dequeue(string[] queues, CancellationToken cancellationToken)
    {
        var turn = queues.Contains(JobQueues.Schedules, StringComparer.Ordinal) ? _schedules : _batches;
        turn.Wait(cancellationToken);
        try
        {
            return queue.Dequeue(queues, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Enqueue(IDbConnection connection, string queueName, string jobId) => queue.Enqueue(connection, queueName, jobId);

    /// <inheritdoc/>
    public void Dispose()
    {
        _batches.Dispose();
        _schedules.Dispose();
    }
}
