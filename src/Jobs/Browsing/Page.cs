namespace Darkroom.Jobs.Browsing;

/// <summary>A page of a list.</summary>
/// <param name="Rows">The rows. Where a search had to look through many there may be few of them, or none, and yet a next page.</param>
/// <param name="Next">Asks for the next page; null when this is the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Rows, string? Next);
