using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Housekeeping;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Throttling;
using Darkroom.Storage.Images;
using Darkroom.Storage.Postgres;
using Darkroom.Worker.Endpoint;
using Darkroom.Worker.Progress;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Hosting;

/// <summary>Composes the parts: the only place that knows all of them.</summary>
public static class DarkroomServices
{
    /// <summary>The configuration key of the user's own model book.</summary>
    public const string ModelBookKey = "Models:Book";

    /// <summary>Adds everything but an engine and a web server.</summary>
    public static IServiceCollection AddDarkroom(this IServiceCollection services, DarkroomSession session)
    {
        services.AddDarkroomPlanning(session.Configuration);
        services.AddImageStore(Path.Combine(session.Home, "images"));
        services.AddPostgresState(session.Database);
        services.AddSingleton<WorkerLoop>();
        services.AddSingleton<SchemaWatch>();
        services.AddSingleton<BatchWatcher>();
        return services;
    }

    /// <summary>Adds what reads and estimates manifests, and all else that needs neither database nor store.</summary>
    public static IServiceCollection AddDarkroomPlanning(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration);
        services.AddSingleton(ModelBook.Load(configuration[ModelBookKey]));
        AddOptions<EndpointOptions, EndpointOptionsValidator>(services, EndpointOptions.Section);
        AddOptions<LimitsOptions, LimitsOptionsValidator>(services, LimitsOptions.Section);
        AddOptions<WorkerOptions, WorkerOptionsValidator>(services, WorkerOptions.Section);
        AddOptions<BudgetOptions, BudgetOptionsValidator>(services, BudgetOptions.Section);
        AddOptions<CostOptions, CostOptionsValidator>(services, CostOptions.Section);
        AddOptions<HousekeepingOptions, HousekeepingOptionsValidator>(services, HousekeepingOptions.Section);
        services.AddOptions<ReuseOptions>().BindConfiguration(ReuseOptions.Section);
        services.AddEntraCredential(configuration);
        services.AddDarkroomJobs();
        return services;
    }

    /// <summary>Checks all options now, instead of where one is first used.</summary>
    /// <exception cref="OptionsValidationException">An option can't be used, with key, value and reason.</exception>
    public static void ValidateOptions(this IServiceProvider provider)
    {
        provider.ValidatePlanningOptions();
        _ = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
    }

    /// <summary>Checks the options of <see cref="AddDarkroomPlanning"/> now.</summary>
    /// <exception cref="OptionsValidationException">An option can't be used, with key, value and reason.</exception>
    public static void ValidatePlanningOptions(this IServiceProvider provider)
    {
        _ = provider.GetRequiredService<IOptions<EndpointOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<LimitsOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<WorkerOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<BudgetOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<CostOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<HousekeepingOptions>>().Value;
    }

    private static void AddOptions<TOptions, TValidator>(IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
    }
}
