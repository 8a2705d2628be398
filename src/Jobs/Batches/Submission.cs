namespace Darkroom.Jobs.Batches;

/// <summary>A submission that may be repeated and happens once (the <c>Idempotency-Key</c> of the HTTP API).</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Key">What the owner calls it.</param>
/// <param name="Sha256">Of the manifest and everything asked with it: the same key with something else is a mistake.</param>
/// <param name="BatchId">The batch that it made.</param>
public sealed record Submission(string Owner, string Key, byte[] Sha256, string BatchId);
