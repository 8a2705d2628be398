using Darkroom.Worker.Access;
using Hangfire;
using Hangfire.Dashboard;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>Hangfire's own pages.</summary>
internal static class HangfireDashboard
{
    /// <summary>Where they are.</summary>
    public const string Path = "/hangfire";

    /// <summary>Maps them behind the same door as everything else: viewers look, operators and admins act.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        LaneDetails.Add();
        endpoints.MapHangfireDashboard(
            Path,
            new DashboardOptions
            {
                DashboardTitle = "Darkroom lanes",
                // The connection string is nobody's business.
                DisplayStorageConnectionString = false,
                Authorization = [new SignedInFilter()],
                IsReadOnlyFunc = context => !context.GetHttpContext().User.IsInRole(AccessDefaults.Operator),
            });
    }
}
