using Darkroom.Jobs.Access;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Schedules;

namespace Darkroom.Worker.Client;

/// <summary>Schedules through a server. Who asks, the server knows by the key.</summary>
internal sealed class RemoteScheduleDesk(DarkroomClient client) : IScheduleDesk
{
    public Task<IReadOnlyList<ScheduleShape>> ListAsync(CancellationToken cancellationToken) => client.ListSchedulesAsync(cancellationToken);

    public Task<ScheduleShape?> FindAsync(string name, CancellationToken cancellationToken) => client.FindScheduleAsync(name, cancellationToken);

    public Task<IReadOnlyList<ScheduleRunShape>?> ListRunsAsync(string name, int limit, CancellationToken cancellationToken) => client.ListScheduleRunsAsync(name, limit, cancellationToken);

    public Task<ScheduleRunShape?> RunAsync(string name, Actor by, CancellationToken cancellationToken) => client.RunScheduleAsync(name, cancellationToken);

    public async Task<bool> SetPausedAsync(string name, bool isPaused, Actor by, CancellationToken cancellationToken) =>
        await client.SteerScheduleAsync(name, isPaused ? "pause" : "resume", cancellationToken) is not null;

    public Task<bool> RemoveAsync(string name, Actor by, CancellationToken cancellationToken) => client.RemoveScheduleAsync(name, cancellationToken);
}
