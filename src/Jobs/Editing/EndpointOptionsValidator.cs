using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Editing;

/// <summary>Checks <see cref="EndpointOptions"/> at start-up and tells everything that is wrong at once.</summary>
public sealed class EndpointOptionsValidator : IValidateOptions<EndpointOptions>
{
    /// <summary>The least <see cref="EndpointOptions.MaxAnswerBytes"/>.</summary>
    public const long LeastAnswerBytes = 1024 * 1024;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, EndpointOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        if (!Uri.TryCreate(options.BaseUrl, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            problems.Add(Problem(nameof(options.BaseUrl), options.BaseUrl, "must be an absolute http or https address"));
        else if (address.UserInfo.Length > 0)
            problems.Add(Problem(nameof(options.BaseUrl), "(hidden)", "must not hold a user or password; set Edit:ApiKey"));
        if (options.ApiKey is { Length: > 0 } key && key.Any(c => c is <= ' ' or > '~'))
            problems.Add(Problem(nameof(options.ApiKey), "(hidden)", "must be printable ASCII without spaces or line breaks"));
        if (string.IsNullOrEmpty(options.ApiKeyHeader) || !options.ApiKeyHeader.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            problems.Add(Problem(nameof(options.ApiKeyHeader), options.ApiKeyHeader, "must be a header's name"));
        if (options.Timeout <= TimeSpan.Zero || options.Timeout > TimeSpan.FromDays(1))
            problems.Add(Problem(nameof(options.Timeout), $"{options.Timeout:c}", "must be more than zero and at most a day"));
        if (string.IsNullOrWhiteSpace(options.Model))
            problems.Add(Problem(nameof(options.Model), options.Model, "must name a model"));
        if (options.MaxAnswerBytes < LeastAnswerBytes)
            problems.Add(Problem(nameof(options.MaxAnswerBytes), $"{options.MaxAnswerBytes}", "must be at least 1048576 (1 MiB)"));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static string Problem(string key, string? value, string reason) => $"{EndpointOptions.Section}:{key} is '{value}': it {reason}.";
}
