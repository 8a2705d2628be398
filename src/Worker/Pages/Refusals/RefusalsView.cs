using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;

namespace Darkroom.Worker.Pages.Refusals;

/// <summary>What the list of refusals shows.</summary>
/// <param name="Batch">The batch with its counts.</param>
/// <param name="Items">The page's items.</param>
/// <param name="IsFirst">Whether it is the first page.</param>
public sealed record RefusalsView(BatchStatus Batch, Page<Refusal> Items, bool IsFirst);
