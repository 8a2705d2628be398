namespace Darkroom.Worker.Client.Shapes;

/// <summary>What came of a run, as <c>darkroom schedule history --json</c> prints it.</summary>
/// <param name="ScheduledAt">When it was due, or asked for.</param>
/// <param name="Manual">Whether somebody asked for it.</param>
/// <param name="State">starting, started, queued, skipped or failed.</param>
/// <param name="Batch">Its batch, once it has started.</param>
/// <param name="ManifestUnchanged">Whether the manifest was the same as in the run before.</param>
/// <param name="Detail">Why, or null.</param>
/// <param name="Problems">What is wrong with the manifest.</param>
/// <param name="Warnings">What was warned of.</param>
public sealed record ScheduleRunShape(
    DateTimeOffset ScheduledAt, bool Manual, string State, string? Batch, bool ManifestUnchanged, string? Detail, IReadOnlyList<string> Problems, IReadOnlyList<string> Warnings)
{
    /// <summary>Where its batch stands; null when there is none any more, as all below.</summary>
    public string? BatchState { get; init; }

    /// <summary>Items of the batch.</summary>
    public long? Items { get; init; }

    /// <summary>Items that weren't the same as before: those that were paid for, or tried.</summary>
    public long? Changed { get; init; }

    /// <summary>Items that were paid for before.</summary>
    public long? Reused { get; init; }

    /// <summary>Items that ended badly.</summary>
    public long? Failed { get; init; }

    /// <summary>What it cost, USD.</summary>
    public string? CostUsd { get; init; }

    /// <summary>What of that is estimated, since answers had no usage, USD.</summary>
    public string? EstimatedUsd { get; init; }

    /// <summary>Calls whose price isn't known: they are in no sum.</summary>
    public long? UnpricedCalls { get; init; }

    /// <summary>What calls of unknown outcome may have cost, USD.</summary>
    public string? UnconfirmedUsd { get; init; }

    /// <summary>From the batch's beginning to its end.</summary>
    public double? DurationSeconds { get; init; }
}
