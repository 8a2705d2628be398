using Darkroom.Jobs.Access;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Schedules;

/// <summary>What people do with schedules that are there, on this machine or through a server.</summary>
public interface IScheduleDesk
{
    /// <summary>All schedules, by name, with their next runs and their newest one.</summary>
    Task<IReadOnlyList<ScheduleShape>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The schedule, or null.</summary>
    Task<ScheduleShape?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>The newest runs, the newest first; null when there is no such schedule.</summary>
    Task<IReadOnlyList<ScheduleRunShape>?> ListRunsAsync(string name, int limit, CancellationToken cancellationToken);

    /// <summary>Runs it now, whether it is due or paused; null when there is no such schedule.</summary>
    Task<ScheduleRunShape?> RunAsync(string name, Actor by, CancellationToken cancellationToken);

    /// <summary>Pauses it, or lets it fire again from now on.</summary>
    /// <returns>False when there is none.</returns>
    Task<bool> SetPausedAsync(string name, bool isPaused, Actor by, CancellationToken cancellationToken);

    /// <summary>Removes it and its history; its batches stay.</summary>
    /// <returns>False when there was none.</returns>
    Task<bool> RemoveAsync(string name, Actor by, CancellationToken cancellationToken);
}
