using System.Net;
using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Engines;
using Darkroom.Worker.Telemetry;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Hosting;

/// <summary>The host of <c>darkroom worker</c>: engine, worker loops, HTTP side.</summary>
public static class WorkerHost
{
    /// <summary>Composes the host.</summary>
    /// <exception cref="OptionsValidationException">An option can't be used.</exception>
    public static WebApplication Build(DarkroomSession session, string folder, string urls)
    {
        CheckUrls(urls);
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
        services.AddSingleton<IScheduleHandler, UnknownScheduleHandler>();
        // Order matters: the worker's loops start before the engine brings lanes, and end after it has taken them back.
        services.AddHostedService<WorkerService>();
        var engine = ReadEngine(session.Configuration);
        services.AddSingleton(engine);
        services.AddSingleton<EngineTakeOver>();
        services.AddSingleton<LaneTitles>();
        services.AddJobEngine(engine, session.ConnectionString, session.Configuration.GetSection(WorkerOptions.Section).Get<WorkerOptions>() ?? new WorkerOptions());
        services.AddHostedService<QueueWatch>();
        services.AddHealthChecks()
            .AddCheck<DatabaseHealth>("database", tags: ["ready"])
            .AddCheck<MigrationHealth>("migrations", tags: ["ready"])
            .AddCheck<EngineHealth>("engine", tags: ["ready"])
            .AddCheck<StoreHealth>("store", tags: ["ready"]);

        var app = builder.Build();
        app.Services.ValidateOptions();
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains("ready"), ResponseWriter = HealthJson.WriteAsync });
        app.MapEngineDashboard(engine);
        return app;
    }

    /// <summary>Runs the host until a signal, or until the worker can't go on.</summary>
    /// <returns>Whether it ended well.</returns>
    public static async Task<bool> RunAsync(WebApplication app, StopSignals signals)
    {
        var service = app.Services.GetServices<IHostedService>().OfType<WorkerService>().Single();
        await using var now = signals.Now.Register(service.Abort);
        await StartAsync(app, signals.Stop);
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(WorkerHost));
        Log.Listening(logger, string.Join(", ", app.Urls), "/health/ready");
        var stopping = Task.Delay(Timeout.InfiniteTimeSpan, app.Services.GetRequiredService<TimeProvider>(), signals.Stop);
        await Task.WhenAny(stopping, service.Failed);
        if (service.Failed.Exception is { } failure) Log.CannotGoOn(logger, failure.GetBaseException());
        await app.StopAsync(CancellationToken.None);
        return !service.Failed.IsFaulted;
    }

    private static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await app.StopAsync(CancellationToken.None);
            throw new CliException($"{exception.Message} Another worker may be there; --urls http://127.0.0.1:0 takes a free port.");
        }
    }

    private static EngineOptions ReadEngine(IConfiguration configuration)
    {
        var engine = configuration.GetSection(EngineOptions.Section).Get<EngineOptions>() ?? new EngineOptions();
        var checkedOptions = new EngineOptionsValidator().Validate(null, engine);
        return checkedOptions.Failed ? throw new InvalidConfigurationException([.. checkedOptions.Failures]) : engine;
    }

    // Whoever reaches the HTTP side may steer the work: without keys that is for this machine only.
    private static void CheckUrls(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                throw new CliException($"--urls takes addresses such as http://127.0.0.1:5080, not '{url}'.");
            if (!address.IsLoopback && !(IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip)))
                throw new CliException($"--urls {url}: only loopback addresses are served. To look from elsewhere, use an SSH tunnel.");
        }
    }
}
