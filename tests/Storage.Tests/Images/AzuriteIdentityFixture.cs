using Darkroom.Testing.Azurite;

namespace Darkroom.Storage.Tests.Images;

/// <summary>One Azurite with HTTPS and Entra ID for the tests of a class. Without one they are skipped, and fail where CI=true.</summary>
public sealed class AzuriteIdentityFixture : IAsyncLifetime
{
    private readonly ServerCertificate _certificate = new();
    private AzuriteServer? _server;

    public Uri AccountUri
    {
        get
        {
            if (_server is null && AzuriteExecutable.IsRequired) Assert.Fail($"CI=true, and so Azurite is required. {AzuriteExecutable.Missing}");
            if (_server is null) Assert.Skip(AzuriteExecutable.Missing);
            return _server.AccountUri;
        }
    }

    public HttpClient CreateClient() => _certificate.CreateClient();

    public async ValueTask InitializeAsync()
    {
        if (AzuriteExecutable.Find() is { } executable) _server = await AzuriteServer.StartAsync(executable, TestContext.Current.CancellationToken, _certificate);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _certificate.Dispose();
    }
}
