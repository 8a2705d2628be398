using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;

namespace Darkroom.Worker.Pages.ItemView;

/// <summary>What an item's page shows.</summary>
/// <param name="Item">The item with its attempts.</param>
/// <param name="Batch">Its batch.</param>
/// <param name="Before">The item before it in the same list, or null.</param>
/// <param name="After">The item after it, or null.</param>
/// <param name="States">The list's states, as they stand in the address; empty for all.</param>
/// <param name="Output">Which of its images is shown.</param>
public sealed record ItemPageView(ItemDetail Item, Batch Batch, long? Before, long? After, string States, int Output);
