using System.Net;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Hangfire;
using Darkroom.Worker.Results;
using Darkroom.Worker.Telemetry;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Hosting;

/// <summary>The host of <c>darkroom worker</c>: Hangfire, worker loops, HTTP side.</summary>
public static class WorkerHost
{
    /// <summary>Composes the host.</summary>
    /// <exception cref="OptionsValidationException">An option can't be used.</exception>
    /// <exception cref="CliException">An address isn't this machine's own, and there is no key.</exception>
    public static async Task<WebApplication> BuildAsync(DarkroomSession session, string folder, string urls, CancellationToken cancellationToken)
    {
        await CheckDoorAsync(session, urls, cancellationToken);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = folder });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(session.Configuration);
        builder.Logging.ClearProviders();
        DarkroomLogging.Configure(builder.Logging, session.Configuration, LogLevel.Information);
        builder.WebHost.UseUrls(urls);

        var services = builder.Services;
        services.AddSingleton<IHostLifetime, SignalsAreHandledOutside>();
        services.AddDarkroom(session);
        services.AddDarkroomTelemetry(session.Configuration);
        // Order matters: the worker's loops start before Hangfire brings jobs, and end after it has taken them back.
        services.AddHostedService<WorkerService>();
        services.AddHostedService<ResultsService>();
        services.AddHangfireJobs(session.ConnectionString, session.Configuration.GetSection(WorkerOptions.Section).Get<WorkerOptions>() ?? new WorkerOptions(), new HangfireTimings());
        services.AddHostedService<NightService>();
        services.AddHostedService<QueueWatch>();
        services.AddHealthChecks()
            .AddCheck<DatabaseHealth>("database", tags: ["ready"])
            .AddCheck<MigrationHealth>("migrations", tags: ["ready"])
            .AddCheck<HangfireHealth>("engine", tags: ["ready"])
            .AddCheck<StoreHealth>("store", tags: ["ready"])
            .AddCheck<MachineHealth>("machine", tags: ["ready"]);
        services.AddDarkroomApi();

        var app = builder.Build();
        app.Services.ValidateOptions();
        _ = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value;
        // Before the door, which asks the database: whether the process lives doesn't hang on that.
        app.UseHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.UseHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready"), ResponseWriter = HealthJson.WriteAsync });
        app.UseDarkroomApi();
        app.MapDarkroomApi();
        app.MapHangfire();
        return app;
    }

    /// <summary>Runs a host that was started until a signal, or until the worker can't go on.</summary>
    /// <returns>Whether it ended well.</returns>
    public static async Task<bool> RunAsync(WebApplication app, StopSignals signals)
    {
        var service = app.Services.GetServices<IHostedService>().OfType<WorkerService>().Single();
        await using var now = AbortAtOnce(app, signals);
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(WorkerHost));
        Log.Listening(logger, string.Join(", ", app.Urls), "/health/ready");
        var stopping = Task.Delay(Timeout.InfiniteTimeSpan, app.Services.GetRequiredService<TimeProvider>(), signals.Stop);
        await Task.WhenAny(stopping, service.Failed);
        if (service.Failed.Exception is { } failure) Log.CannotGoOn(logger, failure.GetBaseException());
        await app.StopAsync(CancellationToken.None);
        return !service.Failed.IsFaulted;
    }

    /// <summary>
    /// Starts the host. When a part of it can't start, those before it are stopped again. The first signal doesn't break off the start, which is a matter of a moment:
    /// what has started by then ends as cleanly as it does later. The second one does.
    /// </summary>
    /// <exception cref="CliException">Its address is taken.</exception>
    /// <exception cref="OperationCanceledException">The second signal came.</exception>
    public static async Task StartAsync(WebApplication app, StopSignals signals)
    {
        await using var now = AbortAtOnce(app, signals);
        try
        {
            await app.StartAsync(signals.Now);
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await app.StopAsync(CancellationToken.None);
            throw new CliException($"{exception.Message} Another worker may be there; --urls http://127.0.0.1:0 takes a free port.");
        }
        catch
        {
            await app.StopAsync(CancellationToken.None);
            throw;
        }
    }

    private static CancellationTokenRegistration AbortAtOnce(WebApplication app, StopSignals signals) => signals.Now.Register(() =>
    {
        app.Services.GetServices<IHostedService>().OfType<WorkerService>().Single().Abort();
        app.Services.GetRequiredService<TellingLoops>().Abort();
    });

    // Whoever reaches the HTTP side may steer the work: without keys that is for this machine only.
    private static async Task CheckDoorAsync(DarkroomSession session, string urls, CancellationToken cancellationToken)
    {
        var configured = session.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>();
        var foreign = new List<string>();
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Concat(configured))
        {
            // Kestrel knows hosts that no Uri does: all addresses of this machine.
            var readable = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
            if (!Uri.TryCreate(readable, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                throw new CliException($"--urls takes addresses such as http://127.0.0.1:5080, not '{url}'.");
            if (!address.IsLoopback && !(IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip))) foreign.Add(url);
        }

        if (foreign.Count == 0 && !DoorHandler.BelievesForwarding(session.Configuration)) return;
        if (await new PostgresAccessKeyStore(session.Database).AnyAsync(cancellationToken)) return;
        if (foreign.Count == 0) throw new CliException("ForwardedHeaders_Enabled lets requests say where they come from, and there are no access keys. Make one first: darkroom key add NAME --role admin");
        throw new CliException($"--urls {foreign[0]}: only loopback addresses are served while there are no access keys. Make one first: darkroom key add NAME --role admin");
    }
}
