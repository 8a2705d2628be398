using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;

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
}
