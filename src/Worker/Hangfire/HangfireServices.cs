using Darkroom.Jobs.Running;
using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.PostgreSql;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Darkroom.Worker.Hangfire;

/// <summary>Hangfire's intervals.</summary>
internal sealed record HangfireTimings
{
    /// <summary>How often a free place looks for a job. The process that enqueues a job looks at once: news reach every process, so this is the net.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often Hangfire looks for schedules and retries that are due; each time takes a dozen statements, and what is late our own sweep fires.</summary>
    public TimeSpan SchedulePollInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a job of a silent process stays its own.</summary>
    public TimeSpan InvisibilityTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long after the stop was asked for jobs are canceled.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long canceled jobs may take to return; longer than <see cref="StopTimeout"/>, shorter than the host's time.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>Registers Hangfire.</summary>
internal static class HangfireServices
{
    // What the host may take beyond the calls in flight: jobs return, connections close.
    private static readonly TimeSpan HostMargin = TimeSpan.FromSeconds(30);

    // A lock that a killed process left holds schedules up for so long; Hangfire's own ones are held for moments.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Adds Hangfire and its two servers, one for batches and one for schedules and upkeep. At most <see cref="WorkerOptions.MaxBatches"/> jobs of batches run at once. The host's shutdown
    /// time is raised so that calls in flight can drain.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="connectionString">The database, which Hangfire opens with a pool of its own.</param>
    /// <param name="worker">How many batches at once, and how long calls drain.</param>
    /// <param name="timings">Hangfire's intervals.</param>
    public static IServiceCollection AddHangfireJobs(this IServiceCollection services, string connectionString, WorkerOptions worker, HangfireTimings timings)
    {
        services.PostConfigure<HostOptions>(host =>
        {
            var needed = worker.DrainTime + HostMargin;
            if (host.ShutdownTimeout < needed) host.ShutdownTimeout = needed;
        });
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<BatchTitles>();
        services.TryAddSingleton<BatchSweep>();
        services.TryAddSingleton<RecurringSchedules>();
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
            options.Queues = JobQueues.Batches;
            options.WorkerCount = worker.MaxBatches;
        });
        services.AddHangfireServer(options =>
        {
            SetTimes(options, timings);
            options.Queues = [JobQueues.Schedules];
            // A purge may take long; schedules fire beside it.
            options.WorkerCount = 2;
            // The other one has the schedulers.
            options.IsLightweightServer = true;
        });
        return services;
    }

    /// <summary>The storage's settings.</summary>
    internal static PostgreSqlStorageOptions StorageOptions(HangfireTimings timings) => new()
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

    private static PostgreSqlStorage CreateStorage(HangfireConnections connections, HangfireTimings timings) =>
        connections.WithSchemaTurn(() =>
        {
            var storage = new PostgreSqlStorage(connections, StorageOptions(timings));
            storage.QueueProviders.Add(new OneAtATimeQueueProvider(storage.QueueProviders.GetProvider(JobQueues.Schedules)), [.. JobQueues.Batches, JobQueues.Schedules]);
            return storage;
        });

    // Canceled jobs go back to their queue without spending an attempt; the stop must come before the shutdown, and that before the host's end.
    private static void SetTimes(BackgroundJobServerOptions options, HangfireTimings timings)
    {
        options.StopTimeout = timings.StopTimeout;
        options.ShutdownTimeout = timings.ShutdownTimeout;
        options.SchedulePollingInterval = timings.SchedulePollInterval;
    }
}
