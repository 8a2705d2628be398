using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Schedules;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>Calls of tests that don't care who asks.</summary>
internal static class ActorlessCalls
{
    public static readonly Actor Tester = new("tester", "test");

    public static Task<BatchActionResult> ApplyAsync(this IBatchDesk desk, string batchId, BatchAction action, CancellationToken cancellationToken) =>
        desk.ApplyAsync(batchId, action, Tester, cancellationToken);

    public static Task<BatchActionResult> RetryAsync(this IBatchDesk desk, string batchId, IReadOnlyCollection<ItemState> states, CancellationToken cancellationToken) =>
        desk.RetryAsync(batchId, states, Tester, cancellationToken);

    public static Task SetMaxCostAsync(this IBatchDesk desk, string batchId, decimal maxCostUsd, CancellationToken cancellationToken) =>
        desk.SetMaxCostAsync(batchId, maxCostUsd, Tester, cancellationToken);

    public static Task<bool> AddAsync(this IScheduleStore store, Schedule schedule, bool replace, CancellationToken cancellationToken) => store.AddAsync(schedule, replace, Tester, cancellationToken);

    public static Task<bool> RemoveAsync(this IScheduleStore store, string name, CancellationToken cancellationToken) => store.RemoveAsync(name, Tester, cancellationToken);

    public static Task<bool> SetPausedAsync(this IScheduleStore store, string name, bool isPaused, DateTimeOffset now, CancellationToken cancellationToken) =>
        store.SetPausedAsync(name, isPaused, now, Tester, cancellationToken);

    public static Task<ScheduleRun?> TakeManualAsync(this IScheduleStore store, Schedule schedule, DateTimeOffset now, string batchId, CancellationToken cancellationToken) =>
        store.TakeManualAsync(schedule, now, batchId, Tester, cancellationToken);
}
