using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Webhooks;

namespace Darkroom.Worker.Hosting;

/// <summary>The loops that tell of batches: deadlines and webhooks. A bug in one of them is logged, and ends no worker.</summary>
public sealed class TellingLoops(DeadlineWatch deadlines, WebhookDispatcher webhooks, ILogger<TellingLoops> logger)
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Starts them.</summary>
    public void Start() => _running = Task.WhenAll(
        Task.Run(() => KeepAsync(() => deadlines.RunAsync(_stop.Token)), CancellationToken.None),
        Task.Run(() => KeepAsync(() => webhooks.RunAsync(_stop.Token, _abort.Token)), CancellationToken.None));

    /// <summary>Ends them; what isn't told yet, others tell.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Breaks off what is being told: a receiver may take 15 s, and who stops twice won't wait for it. It is told again.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>Ends them, and tells all that is due once more.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await StopAsync();
        await KeepAsync(() => webhooks.DispatchAsync(cancellationToken, _abort.Token));
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
