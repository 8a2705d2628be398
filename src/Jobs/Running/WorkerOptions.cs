using System.ComponentModel.DataAnnotations;

namespace Darkroom.Jobs.Running;

/// <summary>Section <c>Worker</c>: how one process works.</summary>
public sealed class WorkerOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Worker";

    /// <summary>Items worked on at once in this process, waiting for the limiter included. 1 to 10,000; 64 unless set.</summary>
    [Range(1, 10_000)]
    public int MaxInFlight { get; set; } = 64;

    /// <summary>How long calls in flight may finish after a stop was asked for. Up to an hour; 5 minutes unless set, since calls at high quality take up to 280 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long this process may be silent before others take its items. 5 s to 10 minutes; 30 s unless set. All processes should agree.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often, beside whenever one is queued, batches are looked through for one without a job, and for items to claim. 100 ms to 1 minute; 5 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Batches whose jobs this process runs at once; further ones stay queued. It works on the items of all running batches. 1 to 1,000; 20 unless set.</summary>
    [Range(1, 1000)]
    public int MaxBatches { get; set; } = 20;

    /// <summary>
    /// How long a worker that starts waits for a database that doesn't answer, as when both are started together. Up to 10 minutes; 1 minute unless set. Once it
    /// has started, a worker waits without end.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DatabaseWait { get; set; } = TimeSpan.FromMinutes(1);
}
