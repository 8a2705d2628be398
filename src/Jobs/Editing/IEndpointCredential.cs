namespace Darkroom.Jobs.Editing;

/// <summary>Authorizes requests to the endpoint: by a key, or by a token that is fetched and renewed.</summary>
public interface IEndpointCredential
{
    /// <summary>The header of the next request, or null when the server wants none. Asked for every request, so an implementation caches.</summary>
    /// <exception cref="EndpointCredentialException">None can be had now.</exception>
    ValueTask<EndpointHeader?> GetHeaderAsync(CancellationToken cancellationToken);
}
