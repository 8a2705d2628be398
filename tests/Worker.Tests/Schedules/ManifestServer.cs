using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Worker.Tests.Schedules;

/// <summary>A shop's server on loopback that has one manifest, with an ETag.</summary>
internal sealed class ManifestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _reads;

    private ManifestServer(WebApplication app) => _app = app;

    /// <summary>What it has now; null: it isn't there.</summary>
    public string? Text { get; set; }

    public string Etag { get; set; } = "\"1\"";

    public int Reads => _reads;

    public string Authority => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority;

    public string Address => $"http://{Authority}/catalogue.jsonl?sig=plantedManifest";

    public static async Task<ManifestServer> StartAsync(string? text)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var server = new ManifestServer(builder.Build()) { Text = text };
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _reads);
        if (Text is not { } text)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.Headers.ETag = Etag;
        context.Response.ContentType = "application/jsonl";
        await context.Response.WriteAsync(text);
    }
}
