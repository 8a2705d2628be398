using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Running;

/// <summary>What came of a call and of storing its images.</summary>
/// <param name="Outcome">The call's outcome.</param>
/// <param name="Outputs">The stored images; empty unless the call succeeded.</param>
public sealed record CallResult(EditOutcome Outcome, IReadOnlyList<StoredImage> Outputs)
{
    /// <summary>For how long the service has refused every call for its limits, when that is longer than the batch waits for it; else null.</summary>
    public TimeSpan? ThrottledFor { get; init; }
}
