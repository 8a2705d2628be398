namespace Darkroom.Jobs.Estimates;

/// <summary>What a person has agreed to beforehand.</summary>
/// <param name="Yes">Don't ask.</param>
/// <param name="MaxCostUsd">USD that the whole batch may cost at worst, or null.</param>
/// <param name="Canary">How many items run before the batch waits for approval, or null when all run.</param>
/// <param name="AskAboveUsd">Expected USD above which is asked; see <see cref="CostOptions.AskAbove"/>.</param>
public sealed record SpendConsent(bool Yes, decimal? MaxCostUsd, int? Canary, decimal AskAboveUsd);
