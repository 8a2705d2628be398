namespace Darkroom.Jobs.Webhooks;

/// <summary>Keeps what webhooks are told. Events are written by the database itself, in the transaction in which they happen.</summary>
public interface IWebhookStore
{
    /// <summary>Takes events that aren't spread to addresses yet, for a minute.</summary>
    Task<IReadOnlyList<WebhookEvent>> TakeEventsAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Makes an event's deliveries, once.</summary>
    Task SpreadAsync(Guid eventId, IReadOnlyCollection<string> urls, string body, CancellationToken cancellationToken);

    /// <summary>Takes deliveries that are due. Each is due again after <paramref name="hold"/> unless it is written before.</summary>
    Task<IReadOnlyList<WebhookDelivery>> TakeDueAsync(int limit, TimeSpan hold, CancellationToken cancellationToken);

    /// <summary>Writes what came of an attempt.</summary>
    /// <param name="delivery">The delivery as it was taken.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="wait">When it is sent again; null when it isn't.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task WriteAsync(WebhookDelivery delivery, WebhookResult result, TimeSpan? wait, CancellationToken cancellationToken);

    /// <summary>The newest deliveries.</summary>
    Task<IReadOnlyList<WebhookDeliveryStatus>> ListAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Deletes events that were dealt with before <paramref name="age"/>, and their deliveries.</summary>
    Task<int> DeleteOldAsync(TimeSpan age, CancellationToken cancellationToken);
}
