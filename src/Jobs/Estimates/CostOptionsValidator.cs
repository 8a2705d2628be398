using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Estimates;

/// <summary>Refuses cost options out of range, with key, value and reason.</summary>
public sealed class CostOptionsValidator : IValidateOptions<CostOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, CostOptions options) => options.AskAbove is < 0 or > 1_000_000_000
        ? ValidateOptionsResult.Fail($"{CostOptions.Section}:{nameof(CostOptions.AskAbove)}: '{options.AskAbove}' must be from 0 to 1000000000.")
        : ValidateOptionsResult.Success;
}
