using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Waits;

/// <summary>What the database knows of a batch that may wait.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="State">Queued, running, or halted and tried again of its own.</param>
/// <param name="Now">When this was read, by the database's clock.</param>
public sealed record WaitSigns(string BatchId, BatchState State, DateTimeOffset Now)
{
    /// <summary>The hours in which its calls may start, or null.</summary>
    public BatchHours? Hours { get; init; }

    /// <summary>Time until these hours begin; zero while they last.</summary>
    public TimeSpan OpensIn { get; init; }

    /// <summary>When a halted batch tries its next call, or null.</summary>
    public DateTimeOffset? NextProbe { get; init; }

    /// <summary>Why it is halted, or null.</summary>
    public string? HaltReason { get; init; }

    /// <summary>When the earliest item that no process holds is due; null when there is none.</summary>
    public DateTimeOffset? NextDue { get; init; }

    /// <summary>Whether a process, dead or alive, holds an item.</summary>
    public bool HasLeased { get; init; }

    /// <summary>Whether a live process holds an item whose call hasn't begun.</summary>
    public bool HasReady { get; init; }

    /// <summary>Whether a live process has a call of it under way.</summary>
    public bool HasCalls { get; init; }

    /// <summary>Whether a live process works on it.</summary>
    public bool IsTaken { get; init; }

    /// <summary>Workers that could take it.</summary>
    public long Workers { get; init; }

    /// <summary>Whether the processes that work on it hold items of other batches.</summary>
    public bool HasRivals { get; init; }

    /// <summary>The models of its items.</summary>
    public IReadOnlyCollection<string> Models { get; init; } = [];

    /// <summary>What was said when the earliest item was tried last; null when it wasn't.</summary>
    public string? LastError { get; init; }

    /// <summary>A budget of which calls in flight have reserved so much that the next call has to wait; or null.</summary>
    public TightBudget? Budget { get; init; }

    /// <summary>Whether there is anything whose start could be waited for.</summary>
    public bool HasOpen => NextDue is not null || HasReady;
}
