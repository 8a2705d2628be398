using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Housekeeping;

/// <summary>Refuses housekeeping options out of range, with key, value and reason.</summary>
public sealed class HousekeepingOptionsValidator : IValidateOptions<HousekeepingOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, HousekeepingOptions options)
    {
        var failures = new List<string>();
        foreach (var property in typeof(HousekeepingOptions).GetProperties())
        {
            var range = (RangeAttribute)property.GetCustomAttributes(typeof(RangeAttribute), inherit: false)[0];
            var value = property.GetValue(options);
            if (!range.IsValid(value)) failures.Add($"{HousekeepingOptions.Section}:{property.Name}: '{value}' must be from {range.Minimum} to {range.Maximum}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
