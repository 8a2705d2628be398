using System.Buffers.Text;
using System.Text;
using Azure.Core;
using Azure.Identity;

namespace Darkroom.Storage.Tests.Images;

/// <summary>Tokens that look like those of Entra ID; Azurite reads them and asks nobody whether they are genuine.</summary>
internal sealed class MadeUpCredential : TokenCredential
{
    private const string Tenant = "11111111-2222-3333-4444-555555555555";

    public List<string> Scopes { get; } = [];

    /// <summary>Whether nobody is signed in.</summary>
    public bool IsRefused { get; init; }

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        if (IsRefused) throw new AuthenticationFailedException("Nobody is signed in.");
        lock (Scopes) Scopes.AddRange(requestContext.Scopes);
        var now = DateTimeOffset.UtcNow;
        var ends = now.AddHours(1);
        var claims = $$"""
            {"aud":"https://storage.azure.com","iss":"https://sts.windows.net/{{Tenant}}/","iat":{{now.AddMinutes(-5).ToUnixTimeSeconds()}},"nbf":{{now.AddMinutes(-5).ToUnixTimeSeconds()}},
            "exp":{{ends.ToUnixTimeSeconds()}},"oid":"99999999-2222-3333-4444-555555555555","sub":"somebody","tid":"{{Tenant}}","ver":"1.0"}
            """;
        return new AccessToken($"{Encode("""{"typ":"JWT","alg":"RS256","kid":"k"}""")}.{Encode(claims)}.{Encode("signature")}", ends);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
