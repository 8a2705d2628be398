namespace Darkroom.Jobs.Webhooks;

/// <summary>One event for one address.</summary>
/// <param name="Id">Its id, the same however often it is sent: receivers that got it know it again.</param>
/// <param name="Kind">The event's kind.</param>
/// <param name="Url">Where to. May hold a secret.</param>
/// <param name="Body">What is sent, the same each time.</param>
/// <param name="Attempts">How often it was sent, this time included.</param>
public sealed record WebhookDelivery(Guid Id, string Kind, string Url, string Body, int Attempts);
