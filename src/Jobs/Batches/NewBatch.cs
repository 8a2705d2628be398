using Darkroom.Jobs.Access;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Batches;

/// <summary>A batch about to be imported.</summary>
/// <param name="Id">See <see cref="BatchIds"/>.</param>
/// <param name="Name">What people call it: the manifest's name.</param>
/// <param name="Defaults">What its rows took where they said nothing; kept for the record.</param>
public sealed record NewBatch(string Id, string Name, BatchDefaults Defaults)
{
    /// <summary>0 (last) to 9 (first); 5 unless said.</summary>
    public int Priority { get; init; } = 5;

    /// <summary>What becomes of calls with an unknown outcome.</summary>
    public OnUnknown OnUnknown { get; init; } = OnUnknown.Retry;

    /// <summary>How many attempts an item has; throttling and halts don't count. 1 to 100, 5 unless said.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>USD that the batch may cost at worst, or null.</summary>
    public decimal? MaxCostUsd { get; init; }

    /// <summary>What it may take at most at a time, or null.</summary>
    public BatchCaps? Caps { get; init; }

    /// <summary>The hours in which its calls may start; null for always.</summary>
    public BatchHours? Hours { get; init; }

    /// <summary>Ordinals of the items that run first; when they have ended and others are left, the batch waits for approval. Empty: all run at once.</summary>
    public IReadOnlySet<int> Canary { get; init; } = new HashSet<int>();

    /// <summary>What its kinds of calls were estimated at; empty when nothing was estimated.</summary>
    public IReadOnlyList<GroupEstimate> Estimate { get; init; } = [];

    /// <summary>Which edits that were paid for before it may take instead of paying again.</summary>
    public ReuseMode Reuse { get; init; } = ReuseMode.Duplicates;

    /// <summary>After a halt, a single call is tried so often until one goes through; or null, and it waits for <c>resume</c>. At least a second.</summary>
    public TimeSpan? ProbeEvery { get; init; }

    /// <summary>Whether files uploaded for the batch are deleted at the service when it ends; otherwise they expire there. False unless said.</summary>
    public bool DeleteUploads { get; init; }

    /// <summary>Who fetches what the manifest names by http(s) address; the service unless said.</summary>
    public FetchedBy FetchedBy { get; init; }

    /// <summary>Who submits it; null where nobody does, as in a demo.</summary>
    public Actor? By { get; init; }

    /// <summary>What makes sure that it is submitted once, or null.</summary>
    public Submission? Submission { get; init; }

    /// <summary>When it should be done, or null. Nothing stops at it; it is told beforehand and then (<see cref="Deadlines.DeadlineWatch"/>).</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>An http(s) address that is told of this batch besides those that are configured; or null. May hold a secret.</summary>
    public string? WebhookUrl { get; init; }
}
