using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Engines;

/// <summary>Refuses an engine that this build doesn't have, with key, value and what there is.</summary>
public sealed class EngineOptionsValidator : IValidateOptions<EngineOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, EngineOptions options) => EngineKinds.Built.Contains(options.Kind)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{EngineOptions.Section}:{nameof(EngineOptions.Kind)}: '{options.Kind}' isn't an engine of this build; it has {string.Join(" and ", EngineKinds.Built)}.");
}
