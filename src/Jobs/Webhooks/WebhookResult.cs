namespace Darkroom.Jobs.Webhooks;

/// <summary>What came of sending a delivery.</summary>
/// <param name="Status">The answer's HTTP status, or null when there was none.</param>
/// <param name="Error">Why it counts as not delivered, without the address; null when it was delivered.</param>
public sealed record WebhookResult(int? Status, string? Error);
