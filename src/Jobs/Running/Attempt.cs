namespace Darkroom.Jobs.Running;

/// <summary>One HTTP call made, or about to be made, for an item.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Number">1-based within the item.</param>
public sealed record Attempt(long Id, int Number)
{
    /// <summary>Whether a budget holds its worst case until it is settled.</summary>
    public bool IsReserved { get; init; }
}
