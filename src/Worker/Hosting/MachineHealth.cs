using Darkroom.Worker.Machine;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Darkroom.Worker.Hosting;

/// <summary>Whether the machine still has what the worker needs: file descriptors, and room for temporary files.</summary>
internal sealed class MachineHealth : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(MachineCheck.FindFault() is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy());
}
