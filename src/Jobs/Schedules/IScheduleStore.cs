using Darkroom.Jobs.Access;

namespace Darkroom.Jobs.Schedules;

/// <summary>Keeps schedules and their runs. That an occurrence is run once is the store's promise, over any number of processes.</summary>
public interface IScheduleStore
{
    /// <summary>Adds a schedule.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="replace">Whether one of that name is replaced; its history stays.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when there is one of that name that isn't to be replaced.</returns>
    Task<bool> AddAsync(Schedule schedule, bool replace, Actor by, CancellationToken cancellationToken);

    /// <summary>The schedule, or null.</summary>
    Task<Schedule?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>All schedules, by name.</summary>
    Task<IReadOnlyList<Schedule>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Removes a schedule and its history; its batches stay.</summary>
    /// <returns>False when there was none.</returns>
    Task<bool> RemoveAsync(string name, Actor by, CancellationToken cancellationToken);

    /// <summary>Pauses a schedule, or lets it go on from <paramref name="now"/>.</summary>
    /// <returns>False when there is none.</returns>
    Task<bool> SetPausedAsync(string name, bool isPaused, DateTimeOffset now, Actor by, CancellationToken cancellationToken);

    /// <summary>
    /// Takes an occurrence for this process: as <see cref="ScheduleRunState.Starting"/>, or, while an earlier run isn't done, as the schedule's overlap says.
    /// </summary>
    /// <returns>The run; or null when the occurrence was dealt with before, or the schedule was paused, changed or removed meanwhile.</returns>
    Task<ScheduleRun?> TakeAsync(Schedule schedule, DateTimeOffset scheduledAt, string batchId, CancellationToken cancellationToken);

    /// <summary>Takes a run that somebody asks for, paused or not; null when the schedule is gone.</summary>
    Task<ScheduleRun?> TakeManualAsync(Schedule schedule, DateTimeOffset now, string batchId, Actor by, CancellationToken cancellationToken);

    /// <summary>Takes a run that waits and may start now, or one whose start was taken so long ago that whoever took it must be gone or has put it off.</summary>
    Task<ScheduleRun?> TakeWaitingAsync(TimeSpan takenFor, CancellationToken cancellationToken);

    /// <summary>Writes what came of a run's start; no effect once that was written.</summary>
    Task WriteAsync(ScheduleRun run, CancellationToken cancellationToken);

    /// <summary>The newest runs of each of some schedules, the newest first, by schedule; those that never ran are left out.</summary>
    Task<IReadOnlyDictionary<string, IReadOnlyList<ScheduleRun>>> ListRunsAsync(IReadOnlyCollection<string> names, int limit, CancellationToken cancellationToken);

    /// <summary>The newest runs of a schedule, the newest first.</summary>
    Task<IReadOnlyList<ScheduleRun>> ListRunsAsync(string name, int limit, CancellationToken cancellationToken);
}
