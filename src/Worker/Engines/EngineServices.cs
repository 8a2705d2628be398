using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Engines.Hangfire;
using Darkroom.Worker.Engines.Quartz;

namespace Darkroom.Worker.Engines;

/// <summary>Registers the engine.</summary>
public static class EngineServices
{
    // What the host may take beyond the calls in flight: lanes return, connections close.
    private static readonly TimeSpan HostMargin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Adds the one <see cref="IJobEngine"/> and its server, which runs lanes and schedules through <see cref="ILaneHandler"/> and
    /// <see cref="IScheduleHandler"/> of the container, at most <see cref="WorkerOptions.MaxLanes"/> lanes at once. The host's shutdown time is raised so that
    /// calls in flight can drain.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="engine">Which engine; validated before.</param>
    /// <param name="connectionString">The database, which the engine opens with a pool of its own.</param>
    /// <param name="worker">How many lanes at once, and how long calls drain.</param>
    /// <exception cref="ArgumentException">This build doesn't have the engine.</exception>
    public static IServiceCollection AddJobEngine(this IServiceCollection services, EngineOptions engine, string connectionString, WorkerOptions worker)
    {
        if (new EngineOptionsValidator().Validate(null, engine) is { Failed: true } refused) throw new ArgumentException(refused.FailureMessage, nameof(engine));
        services.PostConfigure<HostOptions>(host =>
        {
            var needed = worker.DrainTime + HostMargin;
            if (host.ShutdownTimeout < needed) host.ShutdownTimeout = needed;
        });
        if (engine.Kind == EngineKinds.Quartz) services.AddQuartzEngine(connectionString, worker, engine.Timings);
        else services.AddHangfireEngine(connectionString, worker, engine.Timings);
        return services;
    }

    /// <summary>Maps the engine's own dashboard at <c>/hangfire</c>, for those who may look; Quartz has none.</summary>
    public static void MapEngineDashboard(this IEndpointRouteBuilder endpoints, EngineOptions engine)
    {
        if (engine.Kind == EngineKinds.Hangfire) HangfireDashboard.Map(endpoints);
    }
}
