namespace Darkroom.Jobs.Webhooks;

/// <summary>How a delivery stands.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="BatchId">What it tells of, or null.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c> or <c>failed</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="NextAt">When it is sent again, if it is pending.</param>
/// <param name="EndedAt">When it was delivered or given up, or null.</param>
/// <param name="LastStatus">The last answer's HTTP status, or null.</param>
/// <param name="LastError">Why the last attempt failed, or null.</param>
public sealed record WebhookDeliveryStatus(
    WebhookDelivery Delivery, string? BatchId, string State, DateTimeOffset CreatedAt, DateTimeOffset NextAt, DateTimeOffset? EndedAt, int? LastStatus, string? LastError);
