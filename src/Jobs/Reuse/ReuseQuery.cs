namespace Darkroom.Jobs.Reuse;

/// <summary>Asks for an edit that was paid for before.</summary>
/// <param name="BatchId">The batch that asks; an equal edit of its own is taken whatever its version, since its sources were read in the same run.</param>
/// <param name="EditKey">See <see cref="EditFingerprint.At"/>.</param>
/// <param name="Version">What its sources are now (<see cref="EditFingerprint.OfVersions"/>), or null when that isn't known: then any is taken.</param>
/// <param name="Earlier">Whether edits of other batches count.</param>
public sealed record ReuseQuery(string BatchId, Guid EditKey, Guid? Version, bool Earlier);
