using System.Data;
using Hangfire.PostgreSql;
using Hangfire.Storage;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>
/// Hangfire's queue, but only one of a server's free workers looks into the database at a time: each for itself they would ask twenty times as often, for
/// nothing. Whoever finds a job leaves, and the next one looks at once.
/// </summary>
internal sealed class OneAtATimeQueue(IPersistentJobQueue queue) : IPersistentJobQueue, IDisposable
{
    private readonly SemaphoreSlim _lanes = new(1, 1);
    private readonly SemaphoreSlim _schedules = new(1, 1);

    /// <inheritdoc/>
    public IFetchedJob Dequeue(string[] queues, CancellationToken cancellationToken)
    {
        var turn = queues.Contains(LaneQueues.Schedules, StringComparer.Ordinal) ? _schedules : _lanes;
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
        _lanes.Dispose();
        _schedules.Dispose();
    }
}
