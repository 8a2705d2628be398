using Darkroom.Worker.Pages.Assets;
using Darkroom.Worker.Pages.BatchList;
using Darkroom.Worker.Pages.BatchView;
using Darkroom.Worker.Pages.Frame;
using Darkroom.Worker.Pages.ItemView;
using Darkroom.Worker.Pages.Operations;
using Darkroom.Worker.Pages.Refusals;
using Darkroom.Worker.Pages.Sheet;
using Darkroom.Worker.Pages.Spend;
using Darkroom.Worker.Pages.Submit;

namespace Darkroom.Worker.Pages;

/// <summary>Registers and maps the pages of the dashboard.</summary>
internal static class PageServices
{
    /// <summary>Adds them.</summary>
    public static IServiceCollection AddDarkroomPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton<SpendingWatch>();
        services.AddSingleton<Visits>();
        services.AddSingleton<BatchLines>();
        return services;
    }

    /// <summary>Maps their addresses.</summary>
    public static void MapDarkroomPages(this IEndpointRouteBuilder endpoints)
    {
        AssetFiles.Map(endpoints);
        BatchListEndpoint.Map(endpoints);
        BatchPageEndpoint.Map(endpoints);
        ItemPageEndpoint.Map(endpoints);
        SubmitEndpoint.Map(endpoints);
        ReviewEndpoint.Map(endpoints);
        RefusalsEndpoint.Map(endpoints);
        CostEndpoint.Map(endpoints);
        OperationsEndpoint.Map(endpoints);
    }
}
