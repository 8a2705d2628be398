namespace Darkroom.Jobs.Changes;

/// <summary>What has changed since a position.</summary>
/// <param name="Position">Where this ends: the next reading starts from here.</param>
/// <param name="IsGap">Changes between were forgotten, or were too many: whoever shows something should read it anew.</param>
/// <param name="Batches">What changed, batch by batch.</param>
public sealed record ChangeSet(string Position, bool IsGap, IReadOnlyList<BatchChange> Batches);
