using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;

namespace Darkroom.Worker.Pages.BatchList;

/// <summary>What is asked of the list of batches, as it stands in the address.</summary>
/// <param name="States">In these states; empty: in any.</param>
/// <param name="Text">With this in id or name, or null.</param>
/// <param name="Tag">With this tag, <c>NAME=VALUE</c>, or null.</param>
/// <param name="Sort">In this order.</param>
/// <param name="After">The page, or null for the first.</param>
public sealed record BatchListQuery(IReadOnlyCollection<BatchState> States, string? Text, string? Tag, BatchSort Sort, string? After)
{
    /// <summary>Its address.</summary>
    public string Address
    {
        get
        {
            var parts = new List<string>();
            if (States.Count > 0) parts.Add($"state={string.Join(',', States.Select(state => state.ToName()))}");
            if (Text is not null) parts.Add($"text={Uri.EscapeDataString(Text)}");
            if (Tag is not null) parts.Add($"tag={Uri.EscapeDataString(Tag)}");
            if (Sort != BatchSort.Newest) parts.Add($"sort={Sort.ToString().ToLowerInvariant()}");
            if (After is not null) parts.Add($"after={Uri.EscapeDataString(After)}");
            return parts.Count == 0 ? "/" : $"/?{string.Join('&', parts)}";
        }
    }
}
