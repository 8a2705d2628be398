using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Sources;

/// <summary>Checks <see cref="SourcesOptions"/> at start-up and tells everything that is wrong at once. Values of headers and accounts are never shown.</summary>
public sealed partial class SourcesOptionsValidator : IValidateOptions<SourcesOptions>
{
    private static readonly string[] OwnHeaders = ["Host", "Content-Length", "Transfer-Encoding", "Connection", "Accept-Encoding", "Range"];

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SourcesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        foreach (var network in options.AllowedNetworks)
            if (!IPNetwork.TryParse(network, out _)) problems.Add(Problem(nameof(options.AllowedNetworks), network, "must be a network such as 10.0.0.0/8"));
        foreach (var host in options.AllowedHosts)
            if (!Host().IsMatch(host)) problems.Add(Problem(nameof(options.AllowedHosts), host, "must be a host such as images.internal or images.internal:8080"));
        foreach (var (host, headers) in options.Headers) problems.AddRange(HeaderProblems(host, headers));
        foreach (var (account, access) in options.Azure) problems.AddRange(AccountProblems(account, access));
        if (options.Timeout < TimeSpan.FromSeconds(1) || options.Timeout > TimeSpan.FromHours(1))
            problems.Add(Problem(nameof(options.Timeout), $"{options.Timeout:c}", "must be a second to an hour"));
        if (options.IdleTimeout < TimeSpan.FromSeconds(1) || options.IdleTimeout > TimeSpan.FromHours(1))
            problems.Add(Problem(nameof(options.IdleTimeout), $"{options.IdleTimeout:c}", "must be a second to an hour"));
        if (options.MaxRedirects is < 0 or > 20) problems.Add(Problem(nameof(options.MaxRedirects), $"{options.MaxRedirects}", "must be 0 to 20"));
        if (options.MaxPixels is < 1 or > 2_000_000_000) problems.Add(Problem(nameof(options.MaxPixels), $"{options.MaxPixels}", "must be 1 to 2000000000"));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> HeaderProblems(string host, IDictionary<string, string> headers)
    {
        var key = $"{nameof(SourcesOptions.Headers)}:{host}";
        if (!Host().IsMatch(host) || host.Contains(':', StringComparison.Ordinal)) yield return Problem(key, "(hidden)", "must be under a host's bare name");
        foreach (var (header, value) in headers)
        {
            if (!Token().IsMatch(header) || OwnHeaders.Contains(header, StringComparer.OrdinalIgnoreCase)) yield return Problem($"{key}:{header}", "(hidden)", "must be under a header's name that Darkroom doesn't set itself");
            if (string.IsNullOrEmpty(value) || value.Any(c => c is < ' ' or > '~')) yield return Problem($"{key}:{header}", "(hidden)", "must be printable ASCII without line breaks");
        }
    }

    private static IEnumerable<string> AccountProblems(string account, AzureAccountOptions access)
    {
        var key = $"{nameof(SourcesOptions.Azure)}:{account}";
        if (!Account().IsMatch(account)) yield return Problem(key, "(hidden)", "must be under a storage account's name: 3 to 24 lower-case letters and digits");
        var given = (string.IsNullOrEmpty(access.ConnectionString) ? 0 : 1) + (string.IsNullOrEmpty(access.Sas) ? 0 : 1) + (access.UseIdentity ? 1 : 0);
        if (given != 1) yield return Problem(key, "(hidden)", "must have exactly one of ConnectionString, Sas and UseIdentity");
    }

    private static string Problem(string key, string value, string reason) => $"{SourcesOptions.Section}:{key} is '{value}': it {reason}.";

    [GeneratedRegex(@"\A(\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?)(:[0-9]{1,5})?\z", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Host();

    [GeneratedRegex(@"\A[!#$%&'*+.^_`|~0-9A-Za-z-]+\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();

    [GeneratedRegex(@"\A[a-z0-9]{3,24}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Account();
}
