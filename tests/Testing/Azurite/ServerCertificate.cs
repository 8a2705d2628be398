using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Darkroom.Testing.Azurite;

/// <summary>A certificate for 127.0.0.1 that nobody has signed, and clients that trust it and no other.</summary>
public sealed class ServerCertificate : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes one.</summary>
    public ServerCertificate()
    {
        var request = new CertificateRequest("CN=127.0.0.1", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        _certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    /// <summary>A client that trusts a server with this certificate alone.</summary>
    public HttpClient CreateClient() => new(
        new SocketsHttpHandler
        {
            SslOptions =
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { _certificate },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        }, disposeHandler: true);

    /// <summary>Writes the certificate as PEM; returns the file.</summary>
    public string WriteCertificate(string folder) => Write(folder, "certificate.pem", _certificate.ExportCertificatePem());

    /// <summary>Writes the key as PEM; returns the file.</summary>
    public string WriteKey(string folder) => Write(folder, "key.pem", _key.ExportPkcs8PrivateKeyPem());

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private static string Write(string folder, string name, string text)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
