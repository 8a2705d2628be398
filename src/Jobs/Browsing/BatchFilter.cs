using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Browsing;

/// <summary>Which batches are wanted.</summary>
public sealed record BatchFilter
{
    /// <summary>All of them.</summary>
    public static readonly BatchFilter All = new();

    /// <summary>In one of these states; empty: in any.</summary>
    public IReadOnlyCollection<BatchState> States { get; init; } = [];

    /// <summary>With this in their id or name, whatever the case; or null.</summary>
    public string? Text { get; init; }

    /// <summary>With this tag; or null.</summary>
    public TagFilter? Tag { get; init; }

    /// <summary>In which order.</summary>
    public BatchSort Sort { get; init; }
}
