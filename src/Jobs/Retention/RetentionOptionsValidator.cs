using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Retention;

/// <summary>Refuses times out of range, with key, value and reason.</summary>
public sealed class RetentionOptionsValidator : IValidateOptions<RetentionOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RetentionOptions options)
    {
        var failures = new List<string>();
        if (options.After <= TimeSpan.Zero) failures.Add($"{RetentionOptions.Section}:After: '{options.After}' must be above 0, such as 90.00:00:00; leave it out to keep everything.");
        if (options.Interval < TimeSpan.FromSeconds(1) || options.Interval > TimeSpan.FromDays(1))
            failures.Add($"{RetentionOptions.Section}:Interval: '{options.Interval}' must be from 00:00:01 to 1.00:00:00.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
