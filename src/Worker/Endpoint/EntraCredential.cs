using Azure.Core;
using Azure.Identity;
using Darkroom.Jobs.Editing;

namespace Darkroom.Worker.Endpoint;

/// <summary>Authorizes with tokens of Microsoft Entra ID. A token is kept until shortly before its end; one request at a time asks for the next.</summary>
/// <param name="account">Where tokens come from; caches and renews by itself as well.</param>
/// <param name="time">The clock.</param>
public sealed class EntraCredential(TokenCredential account, TimeProvider time) : IEndpointCredential, IDisposable
{
    /// <summary>What a token is for (docs/endpoint.md, Servers).</summary>
    public const string Scope = "https://cognitiveservices.azure.com/.default";

    /// <summary>How long before its end a token is replaced: longer than a request takes to be sent.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private AccessToken? _token;

    /// <inheritdoc/>
    public async ValueTask<EndpointHeader?> GetHeaderAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_token is not { } token || IsOld(token)) _token = token = await AskAsync(cancellationToken);
            return new EndpointHeader(EndpointOptions.Authorization, $"Bearer {token.Token}");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private bool IsOld(AccessToken token)
    {
        var now = time.GetUtcNow();
        return token.ExpiresOn - Margin <= now || token.RefreshOn <= now;
    }

    private async Task<AccessToken> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await account.GetTokenAsync(new TokenRequestContext([Scope]), cancellationToken);
        }
        catch (AuthenticationFailedException e)
        {
            throw new EndpointCredentialException($"Entra ID gave no token: {e.Message}", e);
        }
    }
}
