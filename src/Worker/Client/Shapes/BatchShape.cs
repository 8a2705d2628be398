using System.Text.Json.Serialization;

namespace Darkroom.Worker.Client.Shapes;

/// <summary>A batch, as <c>status --json</c> prints it. Money is a decimal string of USD.</summary>
/// <param name="Batch">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it is halted.</param>
/// <param name="Detail">What was said with the reason.</param>
/// <param name="Priority">0 to 9.</param>
/// <param name="CreatedAt">When it was submitted.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Items">Its items.</param>
/// <param name="Tokens">Reported, or estimated where an answer had no usage.</param>
/// <param name="CostUsd">Of answered calls; estimated where an answer had no usage.</param>
/// <param name="EstimatedUsd">What of the cost is estimated.</param>
/// <param name="UnconfirmedUsd">At worst, of calls whose outcome is unknown.</param>
/// <param name="UnpricedCalls">Billed calls whose price is not known.</param>
/// <param name="Waits">What it waits for; empty when it waits for nothing.</param>
/// <param name="Estimate">Only with a single batch; null when none was made.</param>
public sealed record BatchShape(
    string Batch,
    string Name,
    string State,
    string? Reason,
    string? Detail,
    int Priority,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt,
    ItemCountsShape Items,
    TokensShape Tokens,
    string CostUsd,
    string EstimatedUsd,
    string UnconfirmedUsd,
    long UnpricedCalls,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<WaitShape>? Waits = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EstimateShape? Estimate = null);
