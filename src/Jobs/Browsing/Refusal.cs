using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Browsing;

/// <summary>An item that the service's moderation refused.</summary>
/// <param name="Item">The item; its error has the request id.</param>
/// <param name="Attempt">The attempt that was refused last, as it counts among all of the item's.</param>
public sealed record Refusal(ItemRow Item, int Attempt)
{
    /// <summary>What the service said of it.</summary>
    public ModerationDetails Details { get; } = ModerationDetails.Parse(Item.Error?.DetailsJson);
}
