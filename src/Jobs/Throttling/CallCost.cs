namespace Darkroom.Jobs.Throttling;

/// <summary>What one call takes from each limit.</summary>
/// <param name="Images">Images asked for.</param>
/// <param name="InputImages">Images sent along, the mask included.</param>
/// <param name="Tokens">Estimated tokens in all.</param>
public readonly record struct CallCost(int Images, int InputImages, long Tokens);
