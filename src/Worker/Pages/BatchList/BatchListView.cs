using Darkroom.Jobs.Batches;

namespace Darkroom.Worker.Pages.BatchList;

/// <summary>What the list of batches shows.</summary>
/// <param name="Lines">The page's batches.</param>
/// <param name="Next">The next page, or null.</param>
/// <param name="Counts">How many batches there are by state, whatever the filter.</param>
/// <param name="Query">What is asked for.</param>
public sealed record BatchListView(IReadOnlyList<BatchLine> Lines, string? Next, IReadOnlyDictionary<BatchState, long> Counts, BatchListQuery Query);
