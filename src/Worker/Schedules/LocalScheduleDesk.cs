using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Schedules;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Schedules;

/// <summary>Schedules of this machine's database.</summary>
internal sealed class LocalScheduleDesk(IScheduleStore store, IBatchStore batches, ScheduledBatches runs, TimeProvider time) : IScheduleDesk
{
    public async Task<IReadOnlyList<ScheduleShape>> ListAsync(CancellationToken cancellationToken)
    {
        var shapes = new List<ScheduleShape>();
        foreach (var schedule in await store.ListAsync(cancellationToken)) shapes.Add(await ShapeAsync(schedule, cancellationToken));
        return shapes;
    }

    public async Task<ScheduleShape?> FindAsync(string name, CancellationToken cancellationToken) =>
        await store.GetAsync(name, cancellationToken) is { } schedule ? await ShapeAsync(schedule, cancellationToken) : null;

    public async Task<IReadOnlyList<ScheduleRunShape>?> ListRunsAsync(string name, int limit, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(name, cancellationToken) is null) return null;
        var shapes = new List<ScheduleRunShape>();
        foreach (var run in await store.ListRunsAsync(name, limit, cancellationToken))
            shapes.Add(ScheduleShapes.Of(run, run.State == ScheduleRunState.Started ? await batches.GetStatusAsync(run.BatchId, cancellationToken) : null));
        return shapes;
    }

    public async Task<ScheduleRunShape?> RunAsync(string name, Actor by, CancellationToken cancellationToken) =>
        await store.GetAsync(name, cancellationToken) is { } schedule && await runs.RunNowAsync(schedule, by, cancellationToken) is { } run ? ScheduleShapes.Of(run, null) : null;

    public Task<bool> SetPausedAsync(string name, bool isPaused, Actor by, CancellationToken cancellationToken) =>
        store.SetPausedAsync(name, isPaused, time.GetUtcNow(), by, cancellationToken);

    public Task<bool> RemoveAsync(string name, Actor by, CancellationToken cancellationToken) => store.RemoveAsync(name, by, cancellationToken);

    private async Task<ScheduleShape> ShapeAsync(Schedule schedule, CancellationToken cancellationToken) =>
        ScheduleShapes.Of(schedule, (await store.ListRunsAsync(schedule.Name, 1, cancellationToken)).FirstOrDefault(), time.GetUtcNow());
}
