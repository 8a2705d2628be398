using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Costs;

/// <summary>A ledger row as it is priced again.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Date">The day of the call, UTC.</param>
/// <param name="Kind">One of <see cref="LedgerKinds"/>.</param>
/// <param name="Model">The model's name as it was sent.</param>
/// <param name="UsageJson">Raw usage, or null.</param>
/// <param name="Tokens">By kind; what an unconfirmed or estimated row is priced by.</param>
/// <param name="Images">Images answered, or asked for.</param>
/// <param name="Options">What was asked for; none when the item was purged.</param>
/// <param name="CostUsd">What it cost until now, or null.</param>
/// <param name="Asked">What else of the item an estimate goes by; null when the item was purged.</param>
public sealed record LedgerRow(
    long Id, DateOnly Date, string Kind, string Model, string? UsageJson, TokenUsage Tokens, int Images, EditOptions Options, decimal? CostUsd, LedgerAsked? Asked);

/// <summary>What an item asked for beside its options, as far as tokens hang on it.</summary>
/// <param name="PromptLength">Characters of the prompt.</param>
/// <param name="InputImages">Input images.</param>
/// <param name="HasMask">Whether a mask went along.</param>
public sealed record LedgerAsked(int PromptLength, int InputImages, bool HasMask);
