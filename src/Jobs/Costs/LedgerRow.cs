using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Costs;

/// <summary>A ledger row as it is priced again.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Date">The day of the call, UTC.</param>
/// <param name="Kind">One of <see cref="LedgerKinds"/>.</param>
/// <param name="Model">The model's name as it was sent.</param>
/// <param name="UsageJson">Raw usage, or null.</param>
/// <param name="Tokens">By kind; what an unconfirmed row is priced by.</param>
/// <param name="Images">Images answered, or asked for.</param>
/// <param name="Options">What was asked for; none when the item was purged.</param>
/// <param name="CostUsd">What it cost until now, or null.</param>
public sealed record LedgerRow(
    long Id, DateOnly Date, string Kind, string Model, string? UsageJson, TokenUsage Tokens, int Images, EditOptions Options, decimal? CostUsd);
