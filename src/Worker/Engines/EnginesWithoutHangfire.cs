using Darkroom.Jobs.Running;

namespace Darkroom.Worker.Engines;

/// <summary>The engines that come with packages that some feeds lack. This file is built where Hangfire is missing.</summary>
#pragma warning disable MA0048 // Two files, of which a build takes one, hold the same type.
internal static class EngineAddOns
#pragma warning restore MA0048
{
    /// <summary>Whether this build has Hangfire.</summary>
    public const bool HasHangfire = false;

    /// <summary>Never called: options that ask for Hangfire don't pass validation.</summary>
    public static void AddHangfire(IServiceCollection services, string connectionString, WorkerOptions worker, EngineTimings timings) =>
        throw new InvalidOperationException("This build has no Hangfire.");

    /// <summary>Never called, as above.</summary>
    public static void MapHangfireDashboard(IEndpointRouteBuilder endpoints) => throw new InvalidOperationException("This build has no Hangfire.");
}
