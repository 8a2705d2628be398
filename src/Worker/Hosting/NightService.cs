using Darkroom.Worker.Hangfire;

namespace Darkroom.Worker.Hosting;

/// <summary>Runs in a worker what nobody waits for: schedules, deadlines, webhooks.</summary>
public sealed class NightService(RecurringSchedules schedules, TellingLoops telling) : IHostedService
{
    private readonly CancellationTokenSource _stop = new();
    private Task _schedules = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _schedules = Task.Run(() => schedules.RunAsync(_stop.Token), CancellationToken.None);
        telling.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _schedules.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await telling.StopAsync();
    }
}
