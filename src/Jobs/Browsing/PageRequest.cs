namespace Darkroom.Jobs.Browsing;

/// <summary>Which page of a list is wanted.</summary>
/// <param name="After">The <see cref="Page{T}.Next"/> of the page before, or null for the first.</param>
/// <param name="Limit">How many rows at most, 1 to 500.</param>
public sealed record PageRequest(string? After, int Limit)
{
    /// <summary>The most rows of a page.</summary>
    public const int MaxLimit = 500;
}
