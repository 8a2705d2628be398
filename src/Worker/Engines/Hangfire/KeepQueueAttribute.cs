using Hangfire.Common;
using Hangfire.States;

namespace Darkroom.Worker.Engines.Hangfire;

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
