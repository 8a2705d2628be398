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
    /// Adds the <see cref="IImageStore"/> that the section <c>Storage</c> asks for: Azure with a connection string, else a folder. Bad options stop the start.
    /// </summary>
    /// <param name="services">The host's services, its configuration among them.</param>
    /// <param name="defaultPath">The folder when <c>Storage:Path</c> is left out or empty.</param>
    public static IServiceCollection AddImageStore(this IServiceCollection services, string defaultPath)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(defaultPath);
        services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IImageStore>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
            return options.Azure.ConnectionString is { Length: > 0 } connectionString
                ? new AzureImageStore(
                    AzurePatience.CreateClient(connectionString, options.Azure, provider.GetRequiredService<TimeProvider>()), options.KeepPartials,
                    new BlobContainerClient(connectionString, options.Azure.Container))
                : new FileImageStore(string.IsNullOrEmpty(options.Path) ? defaultPath : options.Path, options.Durable,
                    provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FileImageStore>>(), options.KeepPartials);
        });
        services.AddHostedService<AbandonedFiles>();
        return services;
    }
}
