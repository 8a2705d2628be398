using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Running;
using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.PostgreSql;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>Registers Hangfire as the engine, by queue-facts.md.</summary>
internal static class HangfireServices
{
    // A lock that a killed process left holds schedules up for so long; Hangfire's own ones are held for moments.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromMinutes(1);

    /// <summary>Adds the engine and its two servers: one for lanes, one for schedules.</summary>
    public static void AddHangfireEngine(this IServiceCollection services, string connectionString, WorkerOptions worker, EngineTimings timings)
    {
        services.TryAddSingleton(TimeProvider.System);
        // Storage and activator come from this container and not from Hangfire's static places, which hosts in one process would share.
        services.AddSingleton(_ => new HangfireConnections(connectionString));
        services.AddSingleton<JobStorage>(provider => CreateStorage(provider.GetRequiredService<HangfireConnections>(), timings));
        services.AddSingleton<JobActivator>(provider => new AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>()));
        services.AddHangfire(configuration => configuration
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings());
        services.AddHangfireServer(options =>
        {
            SetTimes(options, timings);
            options.Queues = LaneQueues.All;
            options.WorkerCount = worker.MaxLanes;
        });
        services.AddHangfireServer(options =>
        {
            SetTimes(options, timings);
            options.Queues = [LaneQueues.Schedules];
            options.WorkerCount = 1;
            // The other one has the schedulers.
            options.IsLightweightServer = true;
        });
        services.AddSingleton<IEngineState, HangfireState>();
        services.AddSingleton<IJobEngine>(provider =>
        {
            // Without this a process that only enqueues would write with Hangfire's other settings.
            _ = provider.GetRequiredService<IGlobalConfiguration>();
            return ActivatorUtilities.CreateInstance<HangfireEngine>(provider);
        });
    }

    /// <summary>The storage's settings.</summary>
    internal static PostgreSqlStorageOptions StorageOptions(EngineTimings timings) => new()
    {
        SchemaName = "hangfire",
        QueuePollInterval = timings.PollInterval,
        UseSlidingInvisibilityTimeout = true,
        InvisibilityTimeout = timings.InvisibilityTimeout,
        DistributedLockTimeout = LockTimeout,
        // Each waiting worker would hold a connection.
        EnableLongPolling = false,
        // A worker without its database must not start and look idle.
        AllowDegradedModeWithoutStorage = false,
    };

    private static PostgreSqlStorage CreateStorage(HangfireConnections connections, EngineTimings timings) =>
        EngineConnections.WithSchemaTurn(connections.Database, _ =>
        {
            var storage = new PostgreSqlStorage(connections, StorageOptions(timings));
            storage.QueueProviders.Add(new OneAtATimeQueueProvider(storage.QueueProviders.GetProvider(LaneQueues.Schedules)), [.. LaneQueues.All, LaneQueues.Schedules]);
            return storage;
        });

    // Canceled lanes go back to their queue without spending an attempt; the stop must come before the shutdown, and that before the host's end.
    private static void SetTimes(BackgroundJobServerOptions options, EngineTimings timings)
    {
        options.StopTimeout = timings.StopTimeout;
        options.ShutdownTimeout = timings.ShutdownTimeout;
        options.SchedulePollingInterval = timings.SchedulePollInterval;
    }
}
