using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Browsing;

/// <summary>An item with everything that is known of it.</summary>
/// <param name="Item">The item.</param>
/// <param name="Options">What is sent with its prompt.</param>
/// <param name="ReusedFrom">The key of the item whose outputs it shares, or null.</param>
/// <param name="Attempts">Its attempts in order.</param>
public sealed record ItemDetail(ItemRow Item, EditOptions Options, string? ReusedFrom, IReadOnlyList<AttemptRow> Attempts)
{
    /// <summary>The most former images that are told of: those of an item that somebody had made again a hundred times.</summary>
    public const int MostFormer = 100;

    /// <summary>The images that others took the place of, the newest first; at most <see cref="MostFormer"/>.</summary>
    public IReadOnlyList<FormerImage> Former { get; init; } = [];
}
