using Darkroom.Jobs.Batches;

namespace Darkroom.Worker.Pages.BatchView;

/// <summary>Which items of a batch a page shows, as it stands in the address.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="States">In these states; empty: in any.</param>
/// <param name="Reason">For this reason, <c>CLASS/CODE</c>, or null.</param>
/// <param name="Text">With this in key or prompt, or null.</param>
/// <param name="Tag">With this tag, <c>NAME=VALUE</c>, or null.</param>
/// <param name="After">The page, or null for the first.</param>
public sealed record ItemsQuery(string BatchId, IReadOnlyCollection<ItemState> States, string? Reason, string? Text, string? Tag, string? After)
{
    /// <summary>Whether all items are asked for.</summary>
    public bool IsAll => States.Count == 0 && Reason is null && Text is null && Tag is null;

    /// <summary>Its address.</summary>
    public string Address => $"/batches/{BatchId}{Query}";

    /// <summary>The address's query.</summary>
    public string Query
    {
        get
        {
            var parts = new List<string>();
            if (States.Count > 0) parts.Add($"state={string.Join(',', States.Select(state => state.ToName()))}");
            if (Reason is not null) parts.Add($"reason={Uri.EscapeDataString(Reason)}");
            if (Text is not null) parts.Add($"text={Uri.EscapeDataString(Text)}");
            if (Tag is not null) parts.Add($"tag={Uri.EscapeDataString(Tag)}");
            if (After is not null) parts.Add($"after={Uri.EscapeDataString(After)}");
            return parts.Count == 0 ? "" : $"?{string.Join('&', parts)}";
        }
    }
}
