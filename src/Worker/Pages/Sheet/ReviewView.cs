using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Reviews;

namespace Darkroom.Worker.Pages.Sheet;

/// <summary>What a contact sheet shows.</summary>
/// <param name="Batch">The batch with its counts.</param>
/// <param name="Estimate">What the batch's calls cost, or null.</param>
/// <param name="Items">The page's items: those with images, and those that are made again.</param>
/// <param name="Decisions">What was decided of them.</param>
/// <param name="Progress">How far the review is.</param>
/// <param name="IsFirst">Whether it is the first page.</param>
public sealed record ReviewView(
    BatchStatus Batch, BatchEstimate? Estimate, Page<ItemRow> Items, IReadOnlyDictionary<long, Review> Decisions, ReviewProgress Progress, bool IsFirst);
