using Darkroom.Storage.Postgres.Migrations;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Darkroom.Worker.Hosting;

/// <summary>Whether the database has this program's schema, or one that this program may work on.</summary>
internal sealed class MigrationHealth(Migrator migrator) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var pending = await migrator.GetPendingAsync(cancellationToken);
            return pending.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"{pending.Count} migrations are to be applied");
        }
        catch (Exception exception) when (exception is Npgsql.NpgsqlException or MigrationException)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
    }
}
