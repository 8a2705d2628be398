using Darkroom.Worker.Engines;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Darkroom.Worker.Hosting;

/// <summary>Whether this process's engine takes lanes.</summary>
internal sealed class EngineHealth(IEngineState engine) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await engine.FindFaultAsync(cancellationToken) is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy();
}
