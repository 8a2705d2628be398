using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Browsing;

/// <summary>One call made for an item.</summary>
/// <param name="Number">1-based.</param>
/// <param name="State">Its state's stored name, such as <c>throttled</c>.</param>
/// <param name="StartedAt">When it was written down, just before the request left.</param>
/// <param name="FinishedAt">When its outcome was written down, or null.</param>
/// <param name="HttpStatus">The answer's status, or null.</param>
/// <param name="RequestId">The service's request id, or null.</param>
/// <param name="Error">Its error, or null.</param>
/// <param name="UsageJson">The answer's usage as it came, or null.</param>
/// <param name="LedgerKind">How the ledger has it, one of <see cref="LedgerKinds"/>; null when it wasn't billed.</param>
/// <param name="Tokens">What the ledger counts.</param>
/// <param name="CostUsd">USD, or null when it wasn't billed or its price isn't known.</param>
public sealed record AttemptRow(
    int Number,
    string State,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    int? HttpStatus,
    string? RequestId,
    ItemError? Error,
    string? UsageJson,
    string? LedgerKind,
    TokenUsage Tokens,
    decimal? CostUsd)
{
    /// <summary>The trace of the call, 32 hex digits; null when nobody recorded it.</summary>
    public string? TraceId { get; init; }
}
