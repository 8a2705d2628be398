using Azure.Core;
using Azure.Identity;
using Darkroom.Jobs.Editing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Darkroom.Worker.Endpoint;

/// <summary>Registers how the endpoint is authorized where a key isn't enough.</summary>
public static class EndpointServices
{
    /// <summary>Adds Entra ID when <c>Edit:Azure:UseEntraId</c> asks for it; otherwise the key stands. A <see cref="TokenCredential"/> registered before is used.</summary>
    public static IServiceCollection AddEntraCredential(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(EndpointOptions.Section).Get<EndpointOptions>();
        if (options?.Azure.UseEntraId != true) return services;
        services.TryAddSingleton<TokenCredential>(_ => new DefaultAzureCredential());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IEndpointCredential, EntraCredential>();
        return services;
    }
}
