using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;

namespace Darkroom.Worker.Client;

/// <summary>Forecasts through a server.</summary>
internal sealed class RemoteForecasts(DarkroomClient client) : IForecasts
{
    public async Task<BatchForecast?> GetAsync(string batchId, CancellationToken cancellationToken) =>
        await client.FindForecastAsync(batchId, cancellationToken) is not { } told ? null : new BatchForecast(
            told.Batch, StateNames.ParseBatchState(told.State), told.Now, told.FinishedAt, told.Open, told.EndedLately, told.EndedSince, told.Deadline, told.RiskAt, told.MissedAt)
        {
            InFlight = told.InFlight,
            InFlightSince = told.InFlightSince,
            Hours = told is { WindowFrom: { } from, WindowTo: { } to, WindowZone: { } zone } ? new BatchHours(from, to, zone) : null,
            Waits = [.. (told.Waits ?? []).Select(wait => wait.ToWait())],
            Least = told.LeastSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
}
