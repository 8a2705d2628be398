using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Darkroom.Jobs.Webhooks;

/// <summary>
/// Signs deliveries. The header <c>Darkroom-Signature: t=UNIXSECONDS,v1=HEX</c> holds HMAC-SHA256, keyed with the secret's UTF-8, of <c>UNIXSECONDS.BODY</c>: the time
/// is signed, so that who listens in can't send an old delivery again. An API.
/// </summary>
public static class WebhookSignature
{
    /// <summary>The header's name.</summary>
    public const string Header = "Darkroom-Signature";

    /// <summary>The header's value.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="at">When it is sent.</param>
    /// <param name="body">The body, byte for byte.</param>
    public static string Create(string secret, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{seconds}."));
        hmac.AppendData(body);
        return $"t={seconds},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }
}
