using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Webhooks;

/// <summary>
/// Tells webhooks what happened: spreads events to addresses, and sends what is due until it is delivered or a day is over. Any number of processes do so at once.
/// A process that dies after it sent and before it said so sends again, or another does: at least once, under the same id.
/// </summary>
public sealed class WebhookDispatcher(
    IWebhookStore webhooks, IBatchStore batches, IForecastStore forecasts, WebhookSender sender, IOptions<WebhooksOptions> options, TimeProvider time, ILogger<WebhookDispatcher> logger)
{
    /// <summary>How often it looks while there is something to tell.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How often it looks when there has been nothing for a while.</summary>
    public static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(15);

    /// <summary>How long a delivery is one process's; longer than <see cref="WebhookSender.Patience"/>.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromMinutes(1);

    /// <summary>How long what was told is kept for <c>webhook list</c>.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const int AtOnce = 8;
    private static readonly TimeSpan CleanEvery = TimeSpan.FromHours(1);

    /// <summary>Tells until canceled.</summary>
    /// <param name="cancellationToken">Stops; what is under way is brought to its end.</param>
    /// <param name="abort">Breaks off what is under way: it is told again when its hold is over, by whoever works then.</param>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken, CancellationToken abort)
    {
        var cleaned = time.GetTimestamp();
        var pause = new IdlePause(Interval, IdleInterval);
        while (true)
        {
            var told = false;
            try
            {
                told = await DispatchAsync(cancellationToken, abort);
                if (time.GetElapsedTime(cleaned) > CleanEvery)
                {
                    await webhooks.DeleteOldAsync(Kept, cancellationToken);
                    cleaned = time.GetTimestamp();
                }
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception) && !cancellationToken.IsCancellationRequested && !abort.IsCancellationRequested)
            {
                Log.DispatchFailed(logger, exception);
            }

            await Task.Delay(pause.Next(told), time, cancellationToken);
        }
    }

    /// <summary>Tells all that is due now, each once. What is under way is brought to its end, within <see cref="WebhookSender.Patience"/>: else it would be told twice, and late.</summary>
    /// <param name="cancellationToken">Takes on nothing more.</param>
    /// <param name="abort">Breaks off what is under way.</param>
    /// <returns>Whether there was anything.</returns>
    /// <exception cref="OperationCanceledException">It was broken off.</exception>
    public async Task<bool> DispatchAsync(CancellationToken cancellationToken, CancellationToken abort)
    {
        var told = false;
        while (!cancellationToken.IsCancellationRequested && await webhooks.TakeEventsAsync(AtOnce, abort) is { Count: > 0 } events)
        {
            told = true;
            foreach (var happened in events) await SpreadAsync(happened, abort);
        }

        while (!cancellationToken.IsCancellationRequested && await webhooks.TakeDueAsync(AtOnce, Hold, abort) is { Count: > 0 } due)
        {
            told = true;
            await Task.WhenAll(due.Select(delivery => SendAsync(delivery, abort)));
        }

        return told;
    }

    private async Task SpreadAsync(WebhookEvent happened, CancellationToken cancellationToken)
    {
        HashSet<string> urls = [.. options.Value.Targets.Select(target => target.Url)];
        if (happened.WebhookUrl is { } own) urls.Add(own);
        var body = "";
        if (urls.Count > 0)
        {
            var status = happened.BatchId is { } id ? await batches.GetStatusAsync(id, cancellationToken) : null;
            body = WebhookPayload.Of(happened, status, happened.BatchId is { } batch ? await forecasts.GetAsync(batch, cancellationToken) : null);
        }

        await webhooks.SpreadAsync(happened.Id, urls, body, cancellationToken);
    }

    private async Task SendAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var result = await sender.SendAsync(delivery, cancellationToken);
        var wait = result.Error is null ? null : WebhookBackoff.After(delivery.Attempts);
        await webhooks.WriteAsync(delivery, result, wait, cancellationToken);
        if (result.Error is null) Log.Delivered(logger, delivery.Kind, delivery.Id, WebhookSender.Shown(delivery.Url));
        else if (wait is { } time) Log.NotDelivered(logger, delivery.Kind, delivery.Id, WebhookSender.Shown(delivery.Url), result.Error, DurationText.Words(time));
        else Log.GivenUp(logger, delivery.Kind, delivery.Id, WebhookSender.Shown(delivery.Url), result.Error);
    }
}
