namespace Darkroom.Jobs.Running;

/// <summary>What an outcome leads to.</summary>
/// <param name="Completion">What is written for the item.</param>
public sealed record Decision(ItemCompletion Completion)
{
    /// <summary>Lets no call of the limits group start for so long; or null.</summary>
    public TimeSpan? HoldGroup { get; init; }
}
