using System.Data.Common;
using System.Globalization;
using Hangfire;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Darkroom.Worker.Hangfire;

/// <summary>Whether this process takes jobs: looks for its servers among those that Hangfire's storage knows to live.</summary>
internal sealed class HangfireHealth(JobStorage storage, TimeProvider time) : IHealthCheck
{
    // Servers beat every 30 s, and are removed after five minutes of silence.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    // Hangfire names a server by machine and process.
    private static readonly string Own = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}:");

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await FindFaultAsync(cancellationToken) is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy();

    private async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        try
        {
            var servers = await Task.Run(() => storage.GetMonitoringApi().Servers(), cancellationToken);
            var own = servers.Where(server => server.Name.StartsWith(Own, StringComparison.OrdinalIgnoreCase)).ToList();
            if (own.Count == 0) return "Hangfire's server of this process hasn't announced itself";
            var since = time.GetUtcNow().UtcDateTime - LongestSilence;
            return own.Exists(server => server.Heartbeat > since && server.Queues.Contains(JobQueues.Batches[0], StringComparer.Ordinal))
                ? null
                : "Hangfire's server of this process is silent";
        }
        catch (DbException exception)
        {
            return exception.Message;
        }
    }
}
