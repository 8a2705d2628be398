using Darkroom.Jobs.Outputs;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Darkroom.Worker.Hosting;

/// <summary>Whether the image store takes writes.</summary>
internal sealed class StoreHealth(IImageStore images) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await images.CheckAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (ImageStoreException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
    }
}
