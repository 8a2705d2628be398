using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Darkroom.Jobs.Access;

/// <summary>A key as its owner has it: <c>dk_ID_SECRET</c>, the secret 256 random bits. It is shown once, when it is made.</summary>
/// <param name="Id">The public part.</param>
/// <param name="Sha256">SHA-256 of the whole text. The secret can't be guessed, so a slow hash would add nothing.</param>
public sealed record KeyToken(string Id, byte[] Sha256)
{
    private const string Prefix = "dk_";
    private const int IdLength = 10;
    private const int SecretBytes = 32;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>Makes a new one.</summary>
    /// <returns>The token, and the text to show.</returns>
    public static (KeyToken Token, string Text) Create()
    {
        var id = RandomNumberGenerator.GetString(Alphabet, IdLength);
        var text = $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";
        return (new KeyToken(id, Hash(text)), text);
    }

    /// <summary>Reads what somebody sent; null when it can't be a key.</summary>
    public static KeyToken? Parse(string? text) =>
        text is { Length: > 20 and < 100 } && text.StartsWith(Prefix, StringComparison.Ordinal) && text[Prefix.Length + IdLength] == '_' && text.AsSpan(Prefix.Length, IdLength).IndexOfAnyExcept(Alphabet) < 0
            ? new KeyToken(text.Substring(Prefix.Length, IdLength), Hash(text))
            : null;

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
