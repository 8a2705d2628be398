namespace Darkroom.Jobs.Outputs;

/// <summary>What an output carries beside its bytes, so that a crash between the store and the database loses nothing.</summary>
/// <param name="AttemptId">The attempt that paid for it.</param>
/// <param name="UsageJson">The raw usage of the call, or null when the answer had none.</param>
/// <param name="Images">How many images the answer had.</param>
/// <param name="RequestId">The service's request id, or null.</param>
public sealed record OutputMetadata(long AttemptId, string? UsageJson, int Images, string? RequestId)
{
    /// <summary>What the edit asked for, as reuse finds it later; or null.</summary>
    public Guid? EditKey { get; init; }

    /// <summary>What its sources were before the call, or null when that couldn't be told.</summary>
    public Guid? SourceVersion { get; init; }
}
