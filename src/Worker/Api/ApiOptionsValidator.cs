using System.Net;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Api;

/// <summary>Checks <see cref="ApiOptions"/>, with key and bounds.</summary>
[OptionsValidator]
public sealed partial class ApiOptionsValidator : IValidateOptions<ApiOptions>;

/// <summary>Checks the addresses in <see cref="ApiOptions"/>.</summary>
public sealed class ApiAddressesValidator : IValidateOptions<ApiOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        if (options.PublicUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.PathAndQuery != "/" || url.Fragment.Length > 0))
            problems.Add($"Api:PublicUrl is '{(url.IsAbsoluteUri && url.UserInfo.Length > 0 ? "(hidden)" : url)}': it must be an address such as https://darkroom.example, without path, query, user or password.");
        foreach (var (proxy, index) in options.KnownProxies.Select((proxy, index) => (proxy, index)))
            if (!IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _))
                problems.Add($"Api:KnownProxies:{index} is '{proxy}': it must be an address or a network, such as 10.0.0.7 or 10.0.0.0/8.");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
