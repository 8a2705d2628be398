using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Running;

/// <summary>Refuses worker options out of range, with key, value and reason.</summary>
public sealed class WorkerOptionsValidator : IValidateOptions<WorkerOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, WorkerOptions options)
    {
        var failures = new List<string>();
        foreach (var property in typeof(WorkerOptions).GetProperties())
        {
            var range = (RangeAttribute)property.GetCustomAttributes(typeof(RangeAttribute), inherit: false)[0];
            var value = property.GetValue(options);
            if (!range.IsValid(value)) failures.Add($"{WorkerOptions.Section}:{property.Name}: '{value}' must be from {range.Minimum} to {range.Maximum}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
