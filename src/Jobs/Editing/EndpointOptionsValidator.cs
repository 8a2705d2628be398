using Darkroom.Jobs.Access;
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
        if (address is not null && options.IsAzure) problems.AddRange(AzureProblems(options.BaseUrl, address));
        if (address is { Scheme: "http" } && !options.AllowInsecure && !Loopback.IsHost(address.Host) && (options.Azure.UseEntraId || !string.IsNullOrEmpty(options.ApiKey)))
            problems.Add(Problem(nameof(options.BaseUrl), options.BaseUrl, $"must be an https address, since the {(options.Azure.UseEntraId ? "Entra ID token" : "key")} would go over the network in the clear; on a network of your own set Edit__AllowInsecure=true in the environment"));
        if (!string.IsNullOrEmpty(options.ApiKeyHeader) && !options.ApiKeyHeader.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            problems.Add(Problem(nameof(options.ApiKeyHeader), options.ApiKeyHeader, "must be a header's name"));
        if (options.Timeout <= TimeSpan.Zero || options.Timeout > TimeSpan.FromDays(1))
            problems.Add(Problem(nameof(options.Timeout), $"{options.Timeout:c}", "must be more than zero and at most a day"));
        if (string.IsNullOrWhiteSpace(options.Model))
            problems.Add(Problem(nameof(options.Model), options.Model, "must name a model"));
        if (options.MaxAnswerBytes < LeastAnswerBytes)
            problems.Add(Problem(nameof(options.MaxAnswerBytes), $"{options.MaxAnswerBytes}", "must be at least 1048576 (1 MiB)"));
        if (options.UploadSharedFrom is not (0 or (>= 2 and <= 1_000_000)))
            problems.Add(Problem(nameof(options.UploadSharedFrom), $"{options.UploadSharedFrom}", "must be 2 to 1000000, or 0 to upload only what is too large to be inlined"));
        if (options.UploadLifetime < TimeSpan.FromHours(1) || options.UploadLifetime > TimeSpan.FromDays(30))
            problems.Add(Problem(nameof(options.UploadLifetime), $"{options.UploadLifetime:c}", "must be an hour to 30 days"));
        if (string.IsNullOrEmpty(options.UploadPurpose) || !options.UploadPurpose.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            problems.Add(Problem(nameof(options.UploadPurpose), options.UploadPurpose, "must be a purpose such as vision"));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    // The two forms in docs/endpoint.md, Servers; anything else answers every call with 404, which looks like a missing model.
    private static IEnumerable<string> AzureProblems(string baseUrl, Uri address)
    {
        var path = address.AbsolutePath.TrimEnd('/');
        var deployment = path.Contains("/deployments/", StringComparison.OrdinalIgnoreCase);
        if (!deployment && !path.EndsWith("/v1", StringComparison.OrdinalIgnoreCase))
            yield return Problem(nameof(EndpointOptions.BaseUrl), baseUrl, "must end with /openai/v1, or with /openai/deployments/DEPLOYMENT?api-version=VERSION");
        else if (deployment && !address.Query.Contains("api-version=", StringComparison.OrdinalIgnoreCase))
            yield return Problem(nameof(EndpointOptions.BaseUrl), baseUrl, "needs ?api-version=VERSION behind a deployment");
    }

    private static string Problem(string key, string? value, string reason) => $"{EndpointOptions.Section}:{key} is '{value}': it {reason}.";
}
