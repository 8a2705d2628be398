using System.ComponentModel.DataAnnotations;

namespace Darkroom.Jobs.Running;

/// <summary>How one process works: section <c>Worker</c>.</summary>
public sealed class WorkerOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Worker";

    /// <summary>Items at work at once in this process.</summary>
    [Range(1, 10_000)]
    public int MaxInFlight { get; set; } = 64;

    /// <summary>How long calls in flight may finish after SIGTERM. High-quality calls take up to 280 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a process may be silent before other processes take its items. Set the same for all workers.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a worker looks for batches without a job and for items to claim. Events wake it sooner; this is the safety net.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Batches whose jobs this process runs at once; further batches stay <c>queued</c>.</summary>
    [Range(1, 1000)]
    public int MaxBatches { get; set; } = 20;

    /// <summary>How long a starting worker waits for a database that doesn't answer. Once started, a worker waits without limit.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DatabaseWait { get; set; } = TimeSpan.FromMinutes(1);
}
