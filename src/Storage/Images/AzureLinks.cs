using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>Links that may read one blob each until they end.</summary>
/// <param name="client">The container, with the account's key where there is no other.</param>
/// <param name="expiresAt">When they end.</param>
/// <param name="key">An identity's key, or null to sign with the account's.</param>
internal sealed class AzureLinks(BlobContainerClient client, DateTimeOffset expiresAt, UserDelegationKey? key) : IOutputLinks
{
    public DateTimeOffset? ExpiresAt => expiresAt;

    public Uri LinkTo(string path)
    {
        var blob = client.GetBlobClient(ImagePaths.Require(path));
        var signature = new BlobSasBuilder(BlobSasPermissions.Read, expiresAt) { BlobContainerName = client.Name, BlobName = path, Resource = "b" };
        if (client.Uri.Scheme == Uri.UriSchemeHttps) signature.Protocol = SasProtocol.Https;
        if (key is null) return blob.GenerateSasUri(signature);
        return new BlobUriBuilder(blob.Uri) { Sas = signature.ToSasQueryParameters(key, client.AccountName) }.ToUri();
    }
}
