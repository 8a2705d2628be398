using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Costs;

/// <summary>Refuses budgets that aren't above zero, with key, value and reason.</summary>
public sealed class BudgetOptionsValidator : IValidateOptions<BudgetOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, BudgetOptions options)
    {
        var failures = new List<string>();
        foreach (var (key, value) in new[] { (nameof(options.DayUsd), options.DayUsd), (nameof(options.MonthUsd), options.MonthUsd) })
            if (value <= 0) failures.Add($"{BudgetOptions.Section}:{key}: '{value}' must be above 0; leave it out for no cap.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
