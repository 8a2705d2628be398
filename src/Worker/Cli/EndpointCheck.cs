using Darkroom.Jobs.Access;
using Darkroom.Jobs.Editing;
using Darkroom.Worker.Configuration;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Cli;

/// <summary>Checks what can be checked of the endpoint before anything is imported.</summary>
internal static class EndpointCheck
{
    /// <summary>Refuses to start without a key, and tells where edits go when a file in the current folder decided it.</summary>
    /// <exception cref="CliException">The service of the default address is meant, and there is no key.</exception>
    public static void RequireKey(CliContext context, IServiceProvider services)
    {
        if (FolderSettings.FindNotice(services.GetRequiredService<IConfiguration>()) is { } notice) context.Error.WriteLine(notice);
        var endpoint = services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        if (!endpoint.Azure.UseEntraId && string.IsNullOrEmpty(endpoint.ApiKey) && !Loopback.IsHost(new Uri(endpoint.BaseUrl).Host))
            throw new CliException($"There is no key for {endpoint.BaseUrl}: set OPENAI_API_KEY (or Edit__ApiKey).");
    }
}
