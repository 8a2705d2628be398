using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Worker.Tests.Webhooks;

/// <summary>A receiver of webhooks that keeps what it gets.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _refusals;

    private HookReceiver(WebApplication app, int refusals) => (_app, _refusals) = (app, refusals);

    public ConcurrentQueue<(string Delivery, string Event, string Signature, byte[] Body)> Received { get; } = new();

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Starts one that refuses the first deliveries.</summary>
    public static async Task<HookReceiver> StartAsync(int refusals = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var receiver = new HookReceiver(builder.Build(), refusals);
        receiver._app.UseRouting();
        receiver._app.MapPost("/hook/{token}", receiver.HandleAsync);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Received.Enqueue((context.Request.Headers["Darkroom-Delivery"].ToString(), context.Request.Headers["Darkroom-Event"].ToString(), context.Request.Headers["Darkroom-Signature"].ToString(), body.ToArray()));
        context.Response.StatusCode = Interlocked.Decrement(ref _refusals) >= 0 ? 503 : 204;
    }
}
