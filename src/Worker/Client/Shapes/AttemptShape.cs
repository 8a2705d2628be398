using System.Text.Json;

namespace Darkroom.Worker.Client.Shapes;

/// <summary>A call made for an item.</summary>
/// <param name="Number">From 1.</param>
/// <param name="State">What came of it.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="HttpStatus">The status of the answer.</param>
/// <param name="RequestId">The id of the service.</param>
/// <param name="Error">Its error.</param>
/// <param name="Usage">As it came.</param>
/// <param name="Ledger">reported, unreported, estimated (the answer had no usable usage) or unconfirmed; null when it was not billed.</param>
/// <param name="Tokens">What the ledger counts.</param>
/// <param name="CostUsd">USD; null when not billed or not priced.</param>
/// <param name="TraceId">The trace of the call, 32 hex digits, or null when nobody recorded it.</param>
public sealed record AttemptShape(
    int Number,
    string State,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    int? HttpStatus,
    string? RequestId,
    ErrorShape? Error,
    JsonElement? Usage,
    string? Ledger,
    TokensShape Tokens,
    string? CostUsd,
    string? TraceId);
