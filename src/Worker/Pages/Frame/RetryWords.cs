using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Estimates;

namespace Darkroom.Worker.Pages.Frame;

/// <summary>What people are told before items are put back to pending: everywhere the same.</summary>
internal static class RetryWords
{
    /// <summary>Whether a batch in this state lets items be put back; the statement decides, this spares people a button that can't work.</summary>
    public static bool IsPossible(BatchState state) => state is not (BatchState.Canceled or BatchState.Importing or BatchState.AwaitingApproval);

    /// <summary>What it will cost, a sentence.</summary>
    /// <param name="estimate">The batch's estimate, or null.</param>
    /// <param name="total">Items of the batch.</param>
    /// <param name="items">Items that are put back.</param>
    public static string Cost(BatchEstimate? estimate, long total, long items) => estimate switch
    {
        { UnpricedItems: > 0 } => "What that costs isn't known: the model book has no price for some items.",
        { MeasuredUsd: { } all } when total > 0 => $"Going by the calls so far that costs about {Say.Usd(all / total * items)}.",
        { ExpectedUsd: { } expected } when total > 0 => $"By the estimate that costs about {Say.Usd(expected / total * items)}.",
        _ => "What that costs isn't known.",
    };
}
