using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Worker.Tests.Processes;

/// <summary>An endpoint that keeps what it is sent, and refuses it for good unless another answer is set.</summary>
internal sealed class RecordingEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RecordingEndpoint(WebApplication app) => _app = app;

    public ConcurrentQueue<JsonNode> Bodies { get; } = new();

    public ConcurrentQueue<string> Authorizations { get; } = new();

    public (int Status, string Body) Answer { get; set; } = (400, """{"error":{"message":"Recorded.","type":"invalid_request_error","param":null,"code":"invalid_value"}}""");

    public string BaseUrl => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/v1";

    public static async Task<RecordingEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var endpoint = new RecordingEndpoint(builder.Build());
        endpoint._app.UseRouting();
        endpoint._app.MapPost("/v1/images/edits", endpoint.HandleAsync);
        await endpoint._app.StartAsync(TestContext.Current.CancellationToken);
        return endpoint;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        Bodies.Enqueue((await JsonNode.ParseAsync(context.Request.Body))!);
        Authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
        context.Response.StatusCode = Answer.Status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(Answer.Body);
    }
}
