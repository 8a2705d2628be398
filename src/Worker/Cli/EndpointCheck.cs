using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Cli;

/// <summary>Checks what can be checked of the endpoint before anything is imported.</summary>
internal static class EndpointCheck
{
    /// <exception cref="CliException">The service of the default address is meant, and there is no key.</exception>
    public static void RequireKey(IServiceProvider services)
    {
        var endpoint = services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        if (!endpoint.Azure.UseEntraId && string.IsNullOrEmpty(endpoint.ApiKey) && !new Uri(endpoint.BaseUrl).IsLoopback)
            throw new CliException($"There is no key for {endpoint.BaseUrl}: set OPENAI_API_KEY (or Edit__ApiKey).");
    }
}
