using Darkroom.Simulator.Accounts;
using Darkroom.Simulator.Edits;
using Darkroom.Simulator.Faults;
using Darkroom.Simulator.Http;
using Darkroom.Simulator.Models;
using Darkroom.Simulator.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Darkroom.Simulator;

/// <summary>
/// A stand-in for the OpenAI-like images endpoint, over real HTTP and without logs: edits, files, models, an account of what it billed, and a small
/// shop with the pictures to edit. It shares no code with the worker.
/// </summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly WebApplication app;
    private readonly SourceReader sources;
    private readonly EditEndpoint edits;
    private bool disposed;

    private SimulatorServer(SimulatorOptions options)
    {
        var files = new FileStore(options.TimeProvider);
        var outputs = new OutputStore();
        var limits = new AccountLimits(options.ImagesPerMinute, options.RequestsPerMinute, options.MaxInFlight, options.LimitWindow, options.LimitSlices, options.TimeProvider);
        sources = new SourceReader(files, options.TimeProvider, decode: options.OutputBytes is null);
        var work = new EditWork(options, new ImageMaker(options.OutputBytes), outputs);
        edits = new EditEndpoint(options, Account, limits, sources, work, stopping.Token);
        app = Build(options);
        var pipeline = new RequestPipeline(options, Account, stopping.Token);
        app.Use(pipeline.HandleAsync);
        app.UseRouting();
        MapApi("/v1", pipeline, new FilesEndpoint(files));
        MapApi("/openai/v1", pipeline, new FilesEndpoint(files));
        MapDeployments(pipeline, new FilesEndpoint(files));
        MapShop(new ShopEndpoints(Account, outputs));
        app.MapFallback(RequestPipeline.NotFoundAsync);
    }

    /// <summary>Where the API is: <c>http://127.0.0.1:PORT/v1</c>, without a slash at the end. Catalogue and account are beside it, under <c>/</c>.</summary>
    public Uri BaseUrl => new(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "/v1");

    /// <summary>What was asked and billed.</summary>
    public SimulatorAccount Account { get; } = new();

    /// <summary>Starts a simulator; it listens when this returns.</summary>
    /// <exception cref="ArgumentException">The options can't be used; the message has a line for each problem.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SimulatorServer> StartAsync(SimulatorOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FindProblems() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join('\n', problems), nameof(options));
        }

        var server = new SimulatorServer(options);
        try
        {
            await server.app.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts other faults in force from the next request on, for instance none after a quota was spent. Their counters begin anew.</summary>
    public void SetFaults(SimulatorFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        edits.SetFaults(faults);
    }

    /// <summary>Stops: edits at work are dropped unbilled and their connections reset. May be called again.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await app.StopAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        await StopAsync();
        await app.DisposeAsync();
        sources.Dispose();
        stopping.Dispose();
    }

    private static WebApplication Build(SimulatorOptions options)
    {
        // The empty builder reads no environment variables and no settings files: ASPNETCORE_URLS of the worker must not move the simulator.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Address, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Forms.MaxBody;
        });
        return builder.Build();
    }

    private void MapApi(string prefix, RequestPipeline pipeline, FilesEndpoint files)
    {
        app.MapPost($"{prefix}/images/edits", edits.HandleAsync);
        app.MapPost($"{prefix}/files", pipeline.WithKey(files.UploadAsync));
        app.MapGet($"{prefix}/files/{{id}}", pipeline.WithKey(files.GetAsync));
        app.MapGet($"{prefix}/files/{{id}}/content", pipeline.WithKey(files.GetContentAsync));
        app.MapDelete($"{prefix}/files/{{id}}", pipeline.WithKey(files.DeleteAsync));
        app.MapGet($"{prefix}/models", pipeline.WithKey(ModelsEndpoint.ListAsync));
        app.MapGet($"{prefix}/models/{{id}}", pipeline.WithKey(ModelsEndpoint.GetAsync));
    }

    /// <summary>Azure's older form: the deployment in the path and <c>api-version</c> in the query; files are the account's.</summary>
    private void MapDeployments(RequestPipeline pipeline, FilesEndpoint files)
    {
        app.MapPost("/openai/deployments/{deployment}/images/edits", WithVersion(edits.HandleAsync));
        app.MapPost("/openai/files", WithVersion(pipeline.WithKey(files.UploadAsync)));
        app.MapDelete("/openai/files/{id}", WithVersion(pipeline.WithKey(files.DeleteAsync)));
    }

    private static RequestDelegate WithVersion(RequestDelegate next) =>
        context => context.Request.Query.ContainsKey("api-version") ? next(context) : RequestPipeline.NotFoundAsync(context);

    private void MapShop(ShopEndpoints shop)
    {
        app.MapGet("/catalogue/{name?}", ShopEndpoints.GetCatalogueAsync);
        app.MapGet("/health", ShopEndpoints.GetHealthAsync);
        app.MapGet("/simulator/account", shop.GetAccountAsync);
        app.MapGet("/simulator/account/billed", shop.GetBilledAsync);
        app.MapGet("/simulator/outputs/{name}", shop.GetOutputAsync);
        app.MapPost("/simulator/faults", SetFaultsAsync);
    }

    /// <summary>POST /simulator/faults: the body is a list as <see cref="SimulatorFaults.Parse"/> reads it; an empty one ends all faults.</summary>
    private async Task SetFaultsAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        try
        {
            SetFaults(SimulatorFaults.Parse(await reader.ReadToEndAsync(context.RequestAborted)));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (FormatException e)
        {
            await ErrorWriter.WriteAsync(context, ServiceError.BadRequest("invalid_value", e.Message, null), retryHeaders: false);
        }
    }
}
