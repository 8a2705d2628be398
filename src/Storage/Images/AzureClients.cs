using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;

namespace Darkroom.Storage.Images;

/// <summary>Makes the container's client as the options say; the one place that knows the ways in.</summary>
internal static class AzureClients
{
    /// <summary>Retries wait no longer than this.</summary>
    public static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMinutes(1);

    /// <summary>Makes it; calls nothing yet.</summary>
    /// <param name="options">Checked.</param>
    /// <param name="identity">Whose tokens are taken where the options name no identity; null for Azure's default credentials.</param>
    /// <param name="transport">How requests travel; null for the SDK's own.</param>
    /// <param name="patience">How requests are repeated, instead of the options' retries; null for those.</param>
    public static BlobContainerClient Create(AzureStorageOptions options, TokenCredential? identity, HttpPipelineTransport? transport = null, RetryPolicy? patience = null)
    {
        var requests = RequestsOf(options);
        if (transport is not null) requests.Transport = transport;
        if (patience is not null) requests.RetryPolicy = patience;
        if (options.ConnectionString is { Length: > 0 } connectionString) return new BlobContainerClient(connectionString, options.Container, requests);
        if (options.ContainerUri is { Length: > 0 } address) return new BlobContainerClient(new Uri(address), requests);
        var container = new BlobUriBuilder(new Uri(options.AccountUri!)) { BlobContainerName = options.Container }.ToUri();
        if (options.SasTokenFile is { Length: > 0 } file)
        {
            var signature = new SasTokenFile(file);
            requests.AddPolicy(signature, HttpPipelinePosition.PerCall);
            return new BlobContainerClient(container, signature.Credential, requests);
        }

        return options.SasToken is { Length: > 0 } token
            ? new BlobContainerClient(container, new AzureSasCredential(token.TrimStart('?')), requests)
            : new BlobContainerClient(container, IdentityOf(options, identity), requests);
    }

    private static TokenCredential IdentityOf(AzureStorageOptions options, TokenCredential? identity) =>
        options.ManagedIdentityClientId is { Length: > 0 } client
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(client))
            : identity ?? new DefaultAzureCredential();

    private static BlobClientOptions RequestsOf(AzureStorageOptions options) => new()
    {
        Retry =
        {
            Mode = RetryMode.Exponential,
            MaxRetries = options.MaxRetries,
            Delay = options.RetryDelay,
            MaxDelay = MaxRetryDelay,
            NetworkTimeout = options.NetworkTimeout,
        },
        Diagnostics = { IsTelemetryEnabled = false },
    };
}
