using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Telemetry;

/// <summary>How much waits in the database.</summary>
/// <param name="OldestDue">How long the item has waited that waits longest; zero when none does.</param>
/// <param name="Due">Items that could be claimed now, counted up to 100,000 a batch.</param>
/// <param name="Processes">Worker processes whose lease holds.</param>
/// <param name="Batches">Batches that haven't ended, by state.</param>
public sealed record QueueDepth(TimeSpan OldestDue, long Due, long Processes, IReadOnlyDictionary<BatchState, long> Batches);
