namespace Darkroom.Jobs.Running;

/// <summary>What an outcome leads to.</summary>
/// <param name="Completion">What is written for the item.</param>
public sealed record Decision(ItemCompletion Completion);
