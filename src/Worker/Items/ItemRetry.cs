namespace Darkroom.Worker.Items;

/// <summary>How one item is to be tried again.</summary>
/// <param name="Prompt">Its prompt from now on, or null: as it was.</param>
/// <param name="Note">What is to be different, in words: put behind the prompt, on a line of its own. Or null.</param>
/// <param name="Again">Whether it may have succeeded already: then it is made, and paid for, again.</param>
public sealed record ItemRetry(string? Prompt, string? Note, bool Again);
