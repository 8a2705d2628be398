using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Throttling;

/// <summary>Refuses limits that make no sense, with key, value and reason.</summary>
public sealed class LimitsOptionsValidator : IValidateOptions<LimitsOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LimitsOptions options)
    {
        var failures = new List<string>();
        foreach (var (group, limits) in options)
        {
            foreach (var property in typeof(GroupLimits).GetProperties())
            {
                var value = property.GetValue(limits);
                var range = property.GetCustomAttributes(typeof(RangeAttribute), inherit: false).Cast<RangeAttribute>().SingleOrDefault();
                if (value is not null && range?.IsValid(value) == false)
                    failures.Add($"{LimitsOptions.Section}:{group}:{property.Name}: '{value}' must be from {range.Minimum} to {range.Maximum}.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
