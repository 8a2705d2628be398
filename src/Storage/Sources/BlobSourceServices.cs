using Azure.Core;
using Darkroom.Jobs.Sources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Darkroom.Storage.Sources;

/// <summary>Registers the reading of source blobs.</summary>
public static class BlobSourceServices
{
    /// <summary>Adds <see cref="IBlobSources"/> over the accounts of <see cref="SourcesOptions.Azure"/>. Those with an identity need a <see cref="TokenCredential"/>.</summary>
    public static IServiceCollection AddAzureBlobSources(this IServiceCollection services)
    {
        services.TryAddSingleton<IBlobSources>(provider => new AzureBlobSources(
            provider.GetRequiredService<IOptions<SourcesOptions>>().Value,
            provider.GetRequiredService<IHostResolver>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<TokenCredential>));
        return services;
    }
}
