using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Running;

/// <summary>What a batch has left to do.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="NextIn">Time until its next unclaimed item is due, zero when one is due now, null when there is none.</param>
/// <param name="Leased">Whether any process holds an item of it.</param>
/// <param name="OpensIn">Time until its calls may start, by the hours it was given; zero while they may.</param>
public sealed record BatchOutlook(Batch Batch, TimeSpan? NextIn, bool Leased, TimeSpan OpensIn = default);
