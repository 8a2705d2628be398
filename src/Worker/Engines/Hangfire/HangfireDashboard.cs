using Hangfire;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>Hangfire's own pages.</summary>
internal static class HangfireDashboard
{
    /// <summary>Where they are.</summary>
    public const string Path = "/hangfire";

    /// <summary>Maps them, for <see cref="LoopbackOnlyFilter">this machine</see>.</summary>
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapHangfireDashboard(
        Path,
        new DashboardOptions
        {
            DashboardTitle = "Darkroom lanes",
            // The connection string is nobody's business.
            DisplayStorageConnectionString = false,
            Authorization = [new LoopbackOnlyFilter()],
        });
}
