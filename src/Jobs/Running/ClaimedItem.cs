using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Running;

/// <summary>An item that this process holds a lease on.</summary>
public sealed record ClaimedItem
{
    /// <summary>The item's row.</summary>
    public required long Id { get; init; }

    /// <summary>Its batch.</summary>
    public required string BatchId { get; init; }

    /// <summary>The manifest's id.</summary>
    public required string Key { get; init; }

    /// <summary>Pending; or sending, when another process died with its call under way.</summary>
    public required ItemState State { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>Images and mask.</summary>
    public required EditInput Input { get; init; }

    /// <summary>The rendered prompt.</summary>
    public required string Prompt { get; init; }

    /// <summary>Merged options.</summary>
    public required EditOptions Options { get; init; }

    /// <summary>Name of its outputs.</summary>
    public required string OutputName { get; init; }

    /// <summary>Tags for the ledger.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>Calls begun so far; the next attempt's number is one more.</summary>
    public required int Calls { get; init; }

    /// <summary>Attempts spent so far.</summary>
    public required int Attempts { get; init; }

    /// <summary>Calls with an unknown outcome so far.</summary>
    public required int Unknowns { get; init; }

    /// <summary>Calls in a row that never reached the service.</summary>
    public required int Unsent { get; init; }

    /// <summary>Fencing token of the claim.</summary>
    public required long LeaseToken { get; init; }

    /// <summary>The batch's policy.</summary>
    public required OnUnknown OnUnknown { get; init; }

    /// <summary>The batch's cap on attempts.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>What it asks for (<see cref="EditFingerprint"/>); null for items that were imported before there were fingerprints.</summary>
    public Guid? Fingerprint { get; init; }

    /// <summary>What its batch may take instead of paying.</summary>
    public ReuseMode Reuse { get; init; }

    /// <summary>Whether rows of its batch wait for others that ask for the same.</summary>
    public bool HasDuplicates { get; init; }

    /// <summary>Whether its call tries out a batch that was halted.</summary>
    public bool IsProbe { get; init; }

    /// <summary>What a later batch finds this edit by; set before its call.</summary>
    public Guid? EditKey { get; init; }

    /// <summary>What its sources were before its call, or null when that isn't known.</summary>
    public Guid? SourceVersion { get; init; }

    /// <summary>Who fetches what the manifest names by address.</summary>
    public FetchedBy FetchedBy { get; init; }

    /// <summary>The batch's priority, 0 (last) to 9 (first).</summary>
    public int Priority { get; init; } = 5;

    /// <summary>The batch's own limits, or null.</summary>
    public BatchCaps? Caps { get; init; }

    /// <summary>How long after the claim its call may begin, by the batch's hours; null where it has none.</summary>
    public TimeSpan? ClosesIn { get; init; }

    /// <summary>The trace that follows the item, 32 hex digits, or null when nobody records it. Set before an attempt is begun.</summary>
    public string? TraceId { get; init; }

    /// <summary>USD that one call may cost at worst, for budgets; null when the model has no known price. Set before an attempt is begun.</summary>
    public decimal? WorstCostUsd { get; init; }
}
