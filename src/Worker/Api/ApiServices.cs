using Darkroom.Worker.Access;
using Darkroom.Worker.Pages;
using Darkroom.Worker.Thumbnails;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Api;

/// <summary>Registers and maps the HTTP API.</summary>
internal static class ApiServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddDarkroomApi(this IServiceCollection services)
    {
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptionsValidator>();
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiAddressesValidator>();
        services.AddSingleton<BatchSubmission>();
        services.AddSingleton<ScheduleSubmission>();
        services.AddSingleton<EventEndpoints>();
        services.AddHostedService<ChangeFolding>();
        services.AddDarkroomAccess();
        services.AddDarkroomOpenApi();
        services.AddSingleton<ThumbnailMaker>();
        services.AddSingleton<ThumbnailSources>();
        services.AddDarkroomPages();
        return services;
    }

    /// <summary>Puts what every request passes first: proxies' headers, our own headers, problems. Access control (<see cref="AccessServices.UseDarkroomAccess"/>) comes next.</summary>
    public static void UseDarkroomFront(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseTextDoor();
    }

    /// <summary>Maps the API's addresses.</summary>
    public static void MapDarkroomApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/v1");
        api.AddEndpointFilterFactory(KnownQuery.Create);
        BatchEndpoints.Map(api);
        ActionEndpoints.Map(api);
        ScheduleEndpoints.Map(api);
        ItemEndpoints.Map(api);
        OverviewEndpoints.Map(api);
        EventEndpoints.Map(api);
        ThumbnailEndpoints.Map(api);
        ReviewEndpoints.Map(api);
        RefusalEndpoints.Map(api);
        SessionEndpoints.Map(endpoints);
        endpoints.MapDarkroomPages();
        endpoints.MapOpenApi("/openapi/{documentName}.json").RequireAuthorization(AccessDefaults.Viewer);
    }
}
