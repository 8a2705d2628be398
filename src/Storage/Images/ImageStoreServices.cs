using Azure.Core;
using Azure.Storage.Blobs;
using Darkroom.Jobs.Outputs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Storage.Images;

/// <summary>Registers the image store.</summary>
public static class ImageStoreServices
{
    /// <summary>
    /// Adds the <see cref="IImageStore"/> that the section <c>Storage</c> asks for: Azure where it has a connection string or an address, else a folder; and the
    /// <see cref="IOutputFiles"/> of the same place. Bad options stop the start.
    /// </summary>
    /// <param name="services">The host's services, its configuration among them.</param>
    /// <param name="defaultPath">The folder when <c>Storage:Path</c> is left out or empty.</param>
    /// <param name="keptPath">The folder of images that the store doesn't take for a while.</param>
    public static IServiceCollection AddImageStore(this IServiceCollection services, string defaultPath, string keptPath)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(defaultPath);
        services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => AzureClients.Create(provider.GetRequiredService<IOptions<StorageOptions>>().Value.Azure, provider.GetService<TokenCredential>()));
        services.TryAddSingleton(provider => new KeptImages(
            Path.GetFullPath(keptPath), provider.GetRequiredService<IOptions<StorageOptions>>().Value.KeptBytes, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
            IImageStore inner = options.Azure.IsUsed
                ? new AzureImageStore(
                    AzureClients.Create(
                        options.Azure, provider.GetService<TokenCredential>(), patience: new AzurePatience(options.Azure.Patience, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AzurePatience>>())),
                    options.KeepPartials, options.Azure, provider.GetRequiredService<BlobContainerClient>())
                : new FileImageStore(PathOf(options, defaultPath), options.Durable,
                    provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FileImageStore>>(), options.KeepPartials);
            return new KeepingImageStore(
                inner, provider.GetRequiredService<KeptImages>(), options.Patience, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<KeepingImageStore>>());
        });
        services.TryAddSingleton<IImageStore>(provider => provider.GetRequiredService<KeepingImageStore>());
        services.TryAddSingleton<IOutputFiles>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
            return options.Azure.IsUsed
                ? new AzureOutputFiles(provider.GetRequiredService<BlobContainerClient>(), options.Azure, provider.GetRequiredService<TimeProvider>())
                : new FileOutputFiles(PathOf(options, defaultPath), options.Durable, provider.GetRequiredService<ILogger<FileOutputFiles>>());
        });
        services.AddHostedService<AbandonedFiles>();
        return services;
    }

    private static string PathOf(StorageOptions options, string defaultPath) => string.IsNullOrEmpty(options.Path) ? defaultPath : options.Path;
}
