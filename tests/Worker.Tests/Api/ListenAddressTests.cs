using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Darkroom.Jobs.Access;
using Darkroom.Worker.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Darkroom.Worker.Tests.Api;

/// <summary>What a name looks like and what Kestrel makes of it: the oracle is Kestrel, which is started on each.</summary>
public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://127.1:0")]
    [InlineData("http://127.9.9.9:0")]
    [InlineData("http://[::1]:0")]
    [InlineData("http://loopback:0")]
    [InlineData("http://localhost.example:0")]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    [InlineData("http://+:0")]
    [InlineData("http://ip6-localhost:0")]
    // Kestrel takes no free port for these.
    [InlineData("http://localhost:PORT")]
    [InlineData("http://shop.localhost:PORT")]
    [InlineData("http://localhost.localdomain:PORT")]
    public async Task IsLoopback_IsWhatKestrelListensOn(string url)
    {
        url = url.Replace("PORT", $"{FreePort()}", StringComparison.Ordinal);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        await using var app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var port = BindingAddress.Parse(address).Port;

        // What the system says, whatever Kestrel calls it.
        var bound = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == port).Select(listener => listener.Address).ToList();
        bound.ShouldNotBeEmpty();
        ListenAddress.IsLoopback(url).ShouldBe(bound.TrueForAll(Loopback.IsAddress), $"Kestrel listens on {string.Join(", ", bound)}");
    }

    [Theory]
    [InlineData("http://localhost:5080", true)]
    [InlineData("http://LocalHost:5080", true)]
    [InlineData("http://unix:/tmp/a.sock", false)]
    public void IsLoopback_OtherKinds_AreTold(string url, bool expected) => ListenAddress.IsLoopback(url).ShouldBe(expected);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [Theory]
    [InlineData("ftp://127.0.0.1:5080")]
    [InlineData("nonsense")]
    public void IsLoopback_NoAddress_Throws(string url) => Should.Throw<FormatException>(() => ListenAddress.IsLoopback(url));
}
