using Darkroom.Jobs.Access;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Hangfire;
using Darkroom.Worker.Machine;
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
    public static async Task<WebApplication> BuildAsync(DarkroomSession session, CommandSurroundings surroundings, string urls, CancellationToken cancellationToken)
    {
        await CheckAccessAsync(session, urls, cancellationToken);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = surroundings.Folder });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(session.Configuration);
        builder.Logging.ClearProviders();
        DarkroomLogging.Configure(builder.Logging, session.Configuration, surroundings, LogLevel.Information);
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
            .AddCheck<DatabaseHealth>("database", tags: [Readiness.Tag])
            .AddCheck<MigrationHealth>("migrations", tags: [Readiness.Tag])
            .AddCheck<HangfireHealth>("engine", tags: [Readiness.Tag])
            .AddCheck<StoreHealth>("store", tags: [Readiness.Tag])
            .AddCheck<MachineHealth>("machine", tags: [Readiness.Tag]);
        services.AddSingleton<Readiness>();
        services.AddDarkroomApi();

        var app = builder.Build();
        app.Services.ValidateOptions();
        _ = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value;
        // Before access control, which asks the database: whether the process lives doesn't hang on that.
        app.UseHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.UseDarkroomFront();
        app.Map(Readiness.Path, branch => branch.Run(app.Services.GetRequiredService<Readiness>().AnswerAsync));
        app.UseDarkroomAccess();
        app.MapDarkroomApi();
        app.MapHangfire();
        return app;
    }

    /// <summary>
    /// The token that lets this machine's own user in; null where there are access keys. It is made if there is none, and sessions of an earlier one end.
    /// </summary>
    /// <exception cref="Machine.MachineException">It can't be kept.</exception>
    public static async Task<string?> FindTokenAsync(WebApplication app, CancellationToken cancellationToken)
    {
        if (await app.Services.GetRequiredService<IAccessKeyStore>().AnyAsync(cancellationToken)) return null;
        var token = app.Services.GetRequiredService<LocalToken>();
        var text = token.Text;
        if (token.IsNew) await app.Services.GetRequiredService<PostgresSessionStore>().EndLocalAsync(cancellationToken);
        return text;
    }

    /// <summary>Runs a host that was started until a signal, or until the worker can't go on.</summary>
    /// <returns>Whether it ended well.</returns>
    public static async Task<bool> RunAsync(WebApplication app, StopSignals signals)
    {
        var service = app.Services.GetServices<IHostedService>().OfType<WorkerService>().Single();
        await using var now = AbortAtOnce(app, signals);
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(WorkerHost));
        Log.Listening(logger, string.Join(", ", app.Urls), Readiness.Path);
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
    /// <exception cref="CliException">Its address is taken, or isn't one of this machine.</exception>
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
        catch (System.Net.Sockets.SocketException exception)
        {
            await app.StopAsync(CancellationToken.None);
            throw new CliException($"--urls can't be listened on: {exception.Message}. --urls http://127.0.0.1:5080 is the usual one.");
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

    // Who reaches the HTTP side may steer the work: without keys only this machine may reach it.
    private static async Task CheckAccessAsync(DarkroomSession session, string urls, CancellationToken cancellationToken)
    {
        var configured = session.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>();
        var foreign = new List<string>();
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Concat(configured))
        {
            try
            {
                if (!ListenAddress.IsLoopback(url)) foreign.Add(url);
            }
            catch (FormatException)
            {
                throw new CliException($"--urls takes addresses such as http://127.0.0.1:5080, not '{url}'.");
            }
        }

        if (session.Configuration.GetValue("ForwardedHeaders_Enabled", defaultValue: false))
            throw new CliException("ForwardedHeaders_Enabled believes anybody who says where a request comes from. Name your proxies in Api__KnownProxies__0 instead.");
        var reason = foreign.Count > 0 ? $"--urls {foreign[0]}: only loopback addresses are served"
            : session.Configuration["Api:PublicUrl"] is { Length: > 0 } users ? $"Api__PublicUrl={users} says that others reach this worker, and only this machine is served"
            : null;
        if (reason is null || await new PostgresAccessKeyStore(session.Database).AnyAsync(cancellationToken)) return;
        throw new CliException($"{reason} while there are no access keys. Make one first: darkroom key add NAME --role admin");
    }
}
