using Azure.Core;
using Azure.Identity;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Housekeeping;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Retention;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Webhooks;
using Darkroom.Storage.Images;
using Darkroom.Storage.Postgres;
using Darkroom.Storage.Sources;
using Darkroom.Worker.Access;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Endpoint;
using Darkroom.Worker.Items;
using Darkroom.Worker.Limits;
using Darkroom.Worker.Progress;
using Darkroom.Worker.Results;
using Darkroom.Worker.Schedules;
using Darkroom.Worker.Thumbnails;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Hosting;

/// <summary>Composes the parts: the only place that knows all of them.</summary>
public static class DarkroomServices
{
    /// <summary>The configuration key of the user's own model book.</summary>
    public const string ModelBookKey = "Models:Book";

    /// <summary>Adds everything but Hangfire and a web server.</summary>
    public static IServiceCollection AddDarkroom(this IServiceCollection services, DarkroomSession session)
    {
        services.AddDarkroomPlanning(session.Configuration);
        services.AddImageStore(Path.Combine(session.Home, "images"), Path.Combine(session.Home, "kept"));
        services.AddSingleton(provider => new ThumbnailCache(Path.Combine(session.Home, "thumbnails"), provider.GetRequiredService<ThumbnailMaker>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ThumbnailCache>>()));
        services.AddPostgresState(session.Database);
        services.AddSingleton(new LocalToken(session.Home));
        services.AddSingleton<WorkerLoop>();
        services.AddSingleton<SchemaWatch>();
        services.AddSingleton<BatchWatcher>();
        services.AddSingleton<ResultsWriter>();
        services.AddSingleton<IBatchEnding>(provider => provider.GetRequiredService<ResultsWriter>());
        services.AddSingleton<ItemRetries>();
        services.AddSingleton<IItemDesk, LocalItemDesk>();
        services.AddSingleton<IScheduleDesk, LocalScheduleDesk>();
        services.AddSingleton<ILimitDesk, LocalLimitDesk>();
        AddOptions<RetentionOptions, RetentionOptionsValidator>(services, RetentionOptions.Section);
        services.AddSingleton<Purger>();
        services.AddSingleton<RetentionSweep>();
        services.AddSingleton<TellingLoops>();
        return services;
    }

    /// <summary>Adds what reads and estimates manifests, and all else that needs neither database nor store.</summary>
    public static IServiceCollection AddDarkroomPlanning(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration);
        services.AddSingleton(KnownSecrets.CreateRedactor(configuration));
        services.AddSingleton(ModelBook.Load(configuration[ModelBookKey]));
        AddOptions<EndpointOptions, EndpointOptionsValidator>(services, EndpointOptions.Section);
        AddOptions<LimitsOptions, LimitsOptionsValidator>(services, LimitsOptions.Section);
        AddOptions<WorkerOptions, WorkerOptionsValidator>(services, WorkerOptions.Section);
        AddOptions<BreakerOptions, BreakerOptionsValidator>(services, BreakerOptions.Section);
        AddOptions<BudgetOptions, BudgetOptionsValidator>(services, BudgetOptions.Section);
        AddOptions<CostOptions, CostOptionsValidator>(services, CostOptions.Section);
        AddOptions<HousekeepingOptions, HousekeepingOptionsValidator>(services, HousekeepingOptions.Section);
        services.AddOptions<ReuseOptions>().BindConfiguration(ReuseOptions.Section);
        AddOptions<SourcesOptions, SourcesOptionsValidator>(services, SourcesOptions.Section);
        AddOptions<WebhooksOptions, WebhooksOptionsValidator>(services, WebhooksOptions.Section);
        services.AddOptions<WebhooksOptions>().Configure(webhooks => webhooks.ReadTargets(configuration.GetSection(WebhooksOptions.Section)));
        services.AddEntraCredential(configuration);
        services.TryAddSingleton<TokenCredential>(_ => new DefaultAzureCredential());
        services.AddAzureBlobSources();
        services.AddSingleton(provider => LimitScope.Of(provider.GetRequiredService<IOptions<EndpointOptions>>().Value, EntraAccount(configuration)));
        services.AddDarkroomJobs();
        return services;
    }

    /// <summary>Checks all options now, instead of where one is first used.</summary>
    /// <exception cref="OptionsValidationException">An option can't be used, with key, value and reason.</exception>
    public static void ValidateOptions(this IServiceProvider provider)
    {
        provider.ValidatePlanningOptions();
        _ = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<RetentionOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<WebhooksOptions>>().Value;
    }

    /// <summary>Checks the options of <see cref="AddDarkroomPlanning"/> now.</summary>
    /// <exception cref="OptionsValidationException">An option can't be used, with key, value and reason.</exception>
    public static void ValidatePlanningOptions(this IServiceProvider provider)
    {
        _ = provider.GetRequiredService<IOptions<EndpointOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<LimitsOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<WorkerOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<BreakerOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<BudgetOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<CostOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<SourcesOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<HousekeepingOptions>>().Value;
    }

    // Limits of one account aren't another's. An account that Azure's tools find by themselves, such as a developer's login, has no name here.
    private static string? EntraAccount(IConfiguration configuration) =>
        string.Join('/', new[] { configuration["AZURE_TENANT_ID"], configuration["AZURE_CLIENT_ID"] }.Where(part => !string.IsNullOrEmpty(part))) is { Length: > 0 } account ? account : null;

    private static void AddOptions<TOptions, TValidator>(IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
    }
}
