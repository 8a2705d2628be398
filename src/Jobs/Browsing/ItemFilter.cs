using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Browsing;

/// <summary>Which items of a batch are wanted.</summary>
public sealed record ItemFilter
{
    /// <summary>All of them.</summary>
    public static readonly ItemFilter All = new();

    /// <summary>In one of these states; empty: in any.</summary>
    public IReadOnlyCollection<ItemState> States { get; init; } = [];

    /// <summary>Of those that didn't succeed: for this reason, <c>CLASS/CODE</c>; or null.</summary>
    public string? Reason { get; init; }

    /// <summary>With exactly this key; or null.</summary>
    public string? Key { get; init; }

    /// <summary>With this in their key or prompt, whatever the case; or null. A page looks through a bounded number of rows.</summary>
    public string? Text { get; init; }

    /// <summary>With this tag; or null. A page looks through a bounded number of rows.</summary>
    public TagFilter? Tag { get; init; }
}
