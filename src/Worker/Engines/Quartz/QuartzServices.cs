using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;

namespace Darkroom.Worker.Engines.Quartz;

/// <summary>Registers Quartz as the engine: clustered on our database, its tables made by itself.</summary>
internal static class QuartzServices
{
    // Lanes run for hours; schedules must find a place beside them.
    private const int SchedulePlaces = 2;

    /// <summary>Adds the engine and its scheduler.</summary>
    public static void AddQuartzEngine(this IServiceCollection services, string connectionString, WorkerOptions worker, EngineTimings timings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => new QuartzConnections(connectionString));
        services.AddQuartz(quartz => quartz
            .ConfigureScheduler(options =>
            {
                options.InstanceName = "darkroom";
                options.GenerateInstanceId = true;
                options.IdleWaitTime = timings.PollInterval;
                options.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            })
            .UseDefaultThreadPool(worker.MaxLanes + SchedulePlaces)
            .UseExecutionLimits(limits => limits.ForGroup(WorkBatch.Group, worker.MaxLanes))
            .UsePersistentStore(store => UseStore(store, timings))
            .AddJob<WorkBatch>(job => job.WithIdentity(WorkBatch.Key).StoreDurably().RequestRecovery())
            .AddJob<FireSchedule>(job => job.WithIdentity(FireSchedule.Key).StoreDurably().RequestRecovery()));
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        services.AddSingleton<IEngineState, QuartzState>();
        services.AddSingleton<IJobEngine, QuartzEngine>();
    }

    private static void UseStore(IPersistentStoreBuilder store, EngineTimings timings) => store
        .UsePostgres(source => source.DataSourceFactory = provider => provider.GetRequiredService<QuartzConnections>().Database)
        .UseSystemTextJsonSerializer()
        .UseClustering(cluster =>
        {
            cluster.CheckinInterval = timings.CheckinInterval;
            cluster.CheckinMisfireThreshold = timings.CheckinGrace;
        })
        .ProvisionSchema()
        .ConfigureStore(options =>
        {
            options.StoreJobDataAsStrings = true;
            // A lane that the shutdown interrupts goes to another process.
            options.RecoverFiringsCancelledByShutdown = true;
        });
}
