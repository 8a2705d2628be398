using Darkroom.Testing.Azurite;

namespace Darkroom.Storage.Tests.Images;

/// <summary>One Azurite for the tests of a class. Without one they are skipped, and fail where CI=true.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteServer? _server;

    public string ConnectionString => Server.ConnectionString;

    public AzuriteServer Server
    {
        get
        {
            if (_server is null && AzuriteExecutable.IsRequired) Assert.Fail($"CI=true, and so Azurite is required. {AzuriteExecutable.Missing}");
            if (_server is null) Assert.Skip(AzuriteExecutable.Missing);
            return _server;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (AzuriteExecutable.Find() is { } executable) _server = await AzuriteServer.StartAsync(executable, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}
