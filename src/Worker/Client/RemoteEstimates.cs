using Darkroom.Jobs.Estimates;

namespace Darkroom.Worker.Client;

/// <summary>Estimates through a server.</summary>
internal sealed class RemoteEstimates(DarkroomClient client) : IEstimateStore
{
    public async Task<BatchEstimate?> GetAsync(string batchId, CancellationToken cancellationToken) =>
        (await client.FindBatchAsync(batchId, cancellationToken))?.Estimate is { } estimate
            ? new BatchEstimate(Usd(estimate.ExpectedUsd), Usd(estimate.WorstUsd), estimate.UnpricedItems, Usd(estimate.MeasuredUsd), estimate.MeasuredItems)
            : null;

    private static decimal? Usd(string? usd) => usd is null ? null : RemoteMoney.Read(usd);
}
