using System.Reflection;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Worker processes in PostgreSQL.</summary>
public sealed class PostgresProcessStore(NpgsqlDataSource database) : IProcessStore
{
    private static readonly string Version = typeof(PostgresProcessStore).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <inheritdoc/>
    public async Task<long> RegisterAsync(bool takesBatches, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ProcessSql.Register)
            .With("host", Environment.MachineName).With("pid", Environment.ProcessId).With("version", Version).With("takes_batches", takesBatches).With("lease_time", leaseTime);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <inheritdoc/>
    public async Task<bool> RenewAsync(long processId, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ProcessSql.Renew).With("id", processId).With("lease_time", leaseTime);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <inheritdoc/>
    public async Task RetireAsync(long processId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ProcessSql.Retire).With("id", processId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
