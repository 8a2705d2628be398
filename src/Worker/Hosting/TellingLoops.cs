using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Webhooks;

namespace Darkroom.Worker.Hosting;

/// <summary>The loops that tell of batches: deadlines and webhooks. A bug in one of them is logged, and ends no worker.</summary>
public sealed class TellingLoops(DeadlineWatch deadlines, WebhookDispatcher webhooks, ILogger<TellingLoops> logger)
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Starts them.</summary>
    public void Start() => _running = Task.WhenAll(
        Task.Run(() => KeepAsync(() => deadlines.RunAsync(_stop.Token)), CancellationToken.None),
        Task.Run(() => KeepAsync(() => webhooks.RunAsync(_stop.Token)), CancellationToken.None));

    /// <summary>Ends them; what isn't told yet, others tell.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends them, and tells all that is due once more.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await StopAsync();
        await KeepAsync(() => webhooks.DispatchAsync(cancellationToken));
    }

    private async Task KeepAsync(Func<Task> loop)
    {
        try
        {
            await loop();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.TellingEnded(logger, exception);
        }
    }
}
