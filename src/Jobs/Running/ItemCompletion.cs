using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Running;

/// <summary>Everything that changes when work on a claimed item ends, written in one transaction and only if the claim still holds.</summary>
/// <param name="Item">The claim.</param>
/// <param name="Next">The item's next state; pending means later again.</param>
public sealed record ItemCompletion(ClaimedItem Item, ItemState Next)
{
    /// <summary>The attempt that ended, or null when no call was begun.</summary>
    public Attempt? Attempt { get; init; }

    /// <summary>One of <see cref="Running.AttemptState"/>.</summary>
    public string? AttemptState { get; init; }

    /// <summary>Whether this spends one of the item's attempts.</summary>
    public bool SpendsAttempt { get; init; }

    /// <summary>Whether the call's outcome is unknown.</summary>
    public bool CountsUnknown { get; init; }

    /// <summary>Whether the call never reached the service.</summary>
    public bool CountsUnsent { get; init; }

    /// <summary>Stops the batch, in the same transaction, for this reason (one of <see cref="HaltReasons"/>); or null.</summary>
    public string? HaltReason { get; init; }

    /// <summary>What was said with the halt, and what to do about it.</summary>
    public string? HaltDetail { get; init; }

    /// <summary>How long a pending item waits.</summary>
    public TimeSpan RetryDelay { get; init; }

    /// <summary>HTTP status, or null.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The service's request id, or null.</summary>
    public string? RequestId { get; init; }

    /// <summary>The item's error, or null.</summary>
    public ServiceError? Error { get; init; }

    /// <summary>The attempt's error where it is none of the item's (throttling, a halt); null: the item's.</summary>
    public ServiceError? AttemptError { get; init; }

    /// <summary>Raw usage, or null.</summary>
    public string? UsageJson { get; init; }

    /// <summary>The ledger's row, or null when nothing was billed.</summary>
    public LedgerEntry? Ledger { get; init; }

    /// <summary>The item whose images this one shares, when it is reused.</summary>
    public long? ReusedFrom { get; init; }

    /// <summary>Images now in the store.</summary>
    public IReadOnlyList<StoredImage> Outputs { get; init; } = [];
}
