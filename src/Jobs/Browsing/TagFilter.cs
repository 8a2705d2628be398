namespace Darkroom.Jobs.Browsing;

/// <summary>A tag that rows must have.</summary>
/// <param name="Name">The tag's name.</param>
/// <param name="Value">Its value.</param>
public sealed record TagFilter(string Name, string Value);
