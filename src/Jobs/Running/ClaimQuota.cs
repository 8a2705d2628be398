namespace Darkroom.Jobs.Running;

/// <summary>How many items of a batch a process would take.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Items">At most so many.</param>
public sealed record ClaimQuota(string BatchId, int Items)
{
    /// <summary>Models whose items it wouldn't: their limits group has enough of them waiting.</summary>
    public IReadOnlyCollection<string> Without { get; init; } = [];
}
