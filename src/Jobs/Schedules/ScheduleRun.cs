namespace Darkroom.Jobs.Schedules;

/// <summary>One occurrence of a schedule, or one run that somebody asked for.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Schedule">The schedule's name.</param>
/// <param name="ScheduledAt">The occurrence; or when it was asked for.</param>
/// <param name="IsManual">Whether somebody asked for it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="BatchId">The id of its batch, which exists once it is <see cref="ScheduleRunState.Started"/>.</param>
/// <param name="Tries">How often its start was tried.</param>
public sealed record ScheduleRun(long Id, string Schedule, DateTimeOffset ScheduledAt, bool IsManual, ScheduleRunState State, string BatchId, int Tries)
{
    /// <summary>Why it was left out or failed; or null.</summary>
    public string? Detail { get; init; }

    /// <summary>What is wrong with the manifest, as far as it is kept.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What was warned of.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The manifest's strong ETag, or the SHA-256 of its content; null before it was read.</summary>
    public string? ManifestVersion { get; init; }

    /// <summary>Whether the manifest was the same as in the run before. It runs all the same: the images that it names may have changed.</summary>
    public bool IsUnchanged { get; init; }
}
