using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Browsing;

/// <summary>An item with everything that is known of it.</summary>
/// <param name="Item">The item.</param>
/// <param name="Options">What is sent with its prompt.</param>
/// <param name="ReusedFrom">The key of the item whose outputs it shares, or null.</param>
/// <param name="Attempts">Its attempts in order.</param>
public sealed record ItemDetail(ItemRow Item, EditOptions Options, string? ReusedFrom, IReadOnlyList<AttemptRow> Attempts);
