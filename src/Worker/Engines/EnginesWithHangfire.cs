using Darkroom.Jobs.Running;
using Darkroom.Worker.Engines.Hangfire;

namespace Darkroom.Worker.Engines;

/// <summary>The engines that come with packages that some feeds lack. This file is built where Hangfire restored.</summary>
#pragma warning disable MA0048 // Two files, of which a build takes one, hold the same type.
internal static class EngineAddOns
#pragma warning restore MA0048
{
    /// <summary>Whether this build has Hangfire.</summary>
    public const bool HasHangfire = true;

    /// <summary>Adds Hangfire.</summary>
    public static void AddHangfire(IServiceCollection services, string connectionString, WorkerOptions worker, EngineTimings timings) =>
        services.AddHangfireEngine(connectionString, worker, timings);

    /// <summary>Maps its dashboard.</summary>
    public static void MapHangfireDashboard(IEndpointRouteBuilder endpoints) => HangfireDashboard.Map(endpoints);
}
