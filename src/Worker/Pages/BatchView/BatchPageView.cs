using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Estimates;
using Darkroom.Worker.Pages.BatchList;

namespace Darkroom.Worker.Pages.BatchView;

/// <summary>What a batch's page shows.</summary>
/// <param name="Line">The batch.</param>
/// <param name="Estimate">Its estimate against what was measured, or null.</param>
/// <param name="History">How it went, or null.</param>
/// <param name="Reasons">Why items didn't succeed.</param>
/// <param name="Items">The page's items.</param>
/// <param name="Query">Which items are asked for.</param>
public sealed record BatchPageView(BatchLine Line, BatchEstimate? Estimate, BatchPace? History, IReadOnlyList<ReasonCount> Reasons, Page<ItemRow> Items, ItemsQuery Query);
