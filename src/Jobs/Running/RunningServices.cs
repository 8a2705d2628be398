using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Housekeeping;
using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Telemetry;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Uploads;
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
        services.AddSingleton(TimeProvider.System);
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
            provider.GetRequiredService<IEndpointCredential>()));
        services.AddSingleton<IEditClient>(provider => ActivatorUtilities.CreateInstance<ObservedEditClient>(provider, provider.GetRequiredService<EditClient>()));
        services.TryAddSingleton<IEndpointCredential, EndpointKey>();
        services.AddSingleton<IFileService>(provider => new OpenAIFileService(
            new HttpClient(EndpointHandler.Create(), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan },
            provider.GetRequiredService<IOptions<EndpointOptions>>(),
            provider.GetRequiredService<IEndpointCredential>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OpenAIFileService>>()));
        services.AddSingleton<ISourcePreparer, SourcePreparer>();
        services.AddSingleton<IReuseFinder, ReuseFinder>();
        services.AddSingleton<UploadCleanup>();
        services.AddSingleton<CallPricing>();
        services.AddSingleton<Repricer>();
        services.AddSingleton<ILimiter, Limiter>();
        services.AddSingleton<OutcomePolicy>();
        services.AddSingleton<WorkerProcess>();
        services.AddSingleton<WorkJournal>();
        services.AddSingleton<ItemRunner>();
        services.AddSingleton<PumpAppetite>();
        services.AddSingleton<Pump>();
        services.AddSingleton<LaneRunner>();
        services.AddSingleton<ILaneHandler>(provider => provider.GetRequiredService<LaneRunner>());
        services.AddSingleton<LaneSweep>();
        services.AddSingleton<Housekeeper>();
        return services;
    }
}
