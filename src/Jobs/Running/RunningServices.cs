using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Housekeeping;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Schedules;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Telemetry;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Uploads;
using Darkroom.Jobs.Waits;
using Darkroom.Jobs.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Running;

/// <summary>Registers the work itself; the ports that it stands on are registered by whoever composes the host.</summary>
public static class RunningServices
{
    /// <summary>Adds planning, editing, throttling, pricing and running.</summary>
    public static IServiceCollection AddDarkroomJobs(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
#pragma warning disable CA5394 // Jitter needs no secret.
        services.AddSingleton(_ => new Backoff(new Random()));
#pragma warning restore CA5394
        services.AddSingleton<ModelCheck>();
        services.AddSingleton<IItemCheck>(provider => provider.GetRequiredService<ModelCheck>());
        services.AddSingleton<IItemCheck, SourceCheck>();
        services.AddSingleton<ManifestEstimator>();
        services.AddSingleton(provider => new ManifestPlanner(provider.GetServices<IItemCheck>(), provider.GetRequiredService<IOptions<EndpointOptions>>().Value.Model));
        services.AddMetrics();
        services.AddSingleton<JobMetrics>(provider => new JobMetrics(provider.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()));
        services.AddSingleton<ItemTelemetry>();
        services.AddSingleton(provider => new EditClient(
            new HttpClient(EndpointHandler.Create(), disposeHandler: true),
            provider.GetRequiredService<IOptions<EndpointOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EditClient>>(),
            provider.GetRequiredService<IEndpointCredential>(),
            provider.GetRequiredService<SourceFetcher>(),
            provider.GetRequiredService<IOptions<SourcesOptions>>().Value,
            provider.GetRequiredService<IHostResolver>()));
        services.TryAddSingleton<IHostResolver, DnsHostResolver>();
        services.AddSingleton<SourceFetcher>();
        services.AddSingleton<ISourceVersions, SourceVersions>();
        services.AddSingleton<IEditClient>(provider => ActivatorUtilities.CreateInstance<ObservedEditClient>(provider, provider.GetRequiredService<EditClient>()));
        services.TryAddSingleton<IEndpointCredential, EndpointKey>();
        services.AddSingleton<IFileService>(provider => new OpenAIFileService(
            new HttpClient(EndpointHandler.Create(), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan },
            provider.GetRequiredService<IOptions<EndpointOptions>>(),
            provider.GetRequiredService<IEndpointCredential>(),
            provider.GetRequiredService<LimitScope>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OpenAIFileService>>()));
        services.AddSingleton<ISourcePreparer, SourcePreparer>();
        services.AddSingleton<IReuseFinder, ReuseFinder>();
        services.AddSingleton<UploadCleanup>();
        services.AddSingleton<IBatchEnding>(provider => provider.GetRequiredService<UploadCleanup>());
        services.AddSingleton<CallPricing>();
        services.AddSingleton<CallCosts>();
        services.AddSingleton<Repricer>();
        services.AddSingleton<ILimiter, Limiter>();
        services.AddSingleton<OutcomePolicy>();
        services.AddSingleton<WorkerProcess>();
        services.AddSingleton<RepeatedWarnings>();
        services.AddSingleton<WorkJournal>();
        services.AddSingleton<ItemRunner>();
        services.AddSingleton<KeptAdoption>();
        services.AddSingleton<ClaimShares>();
        services.AddSingleton<Pump>();
        services.AddSingleton<BatchJob>();
        services.AddSingleton<IBatchJob>(provider => provider.GetRequiredService<BatchJob>());
        services.AddSingleton<ManifestOpener>();
        services.AddSingleton<ScheduledBatches>();
        services.AddSingleton<ScheduleHandler>();
        services.AddSingleton<IScheduleHandler>(provider => provider.GetRequiredService<ScheduleHandler>());
        services.AddSingleton<ScheduleSweep>();
        services.AddSingleton<DeadlineWatch>();
        services.AddSingleton<LeastTime>();
        services.AddSingleton<BatchWaits>();
        services.AddSingleton<IWaits>(provider => provider.GetRequiredService<BatchWaits>());
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookDispatcher>();
        services.AddSingleton<Housekeeper>();
        return services;
    }
}
