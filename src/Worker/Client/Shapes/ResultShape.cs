namespace Darkroom.Worker.Client.Shapes;

/// <summary>What became of an item, as <c>results</c> prints it.</summary>
/// <param name="Id">The id in the manifest.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">Attempts spent.</param>
/// <param name="Outputs">Its images.</param>
/// <param name="Tokens">Over all its calls.</param>
/// <param name="CostUsd">Null when a price is not known.</param>
/// <param name="CostEstimated">Whether the cost is estimated, in whole or in part, since an answer had no usable usage.</param>
/// <param name="EstimatedUsd">What of the cost is estimated.</param>
/// <param name="UnconfirmedUsd">At worst, of calls whose outcome is unknown.</param>
/// <param name="ReusedFrom">Whose images it shares.</param>
/// <param name="Error">Its last error.</param>
/// <param name="TraceId">The trace of its last call, 32 hex digits, or null when nobody recorded it.</param>
public sealed record ResultShape(
    string Id,
    string State,
    int Attempts,
    IReadOnlyList<OutputShape> Outputs,
    TokensShape Tokens,
    string? CostUsd,
    bool CostEstimated,
    string EstimatedUsd,
    string UnconfirmedUsd,
    string? ReusedFrom,
    ErrorShape? Error,
    string? TraceId);
