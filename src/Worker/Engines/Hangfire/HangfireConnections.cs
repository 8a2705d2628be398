using Hangfire.PostgreSql;
using Npgsql;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>Hangfire's connections, from a pool of its own.</summary>
internal sealed class HangfireConnections(string connectionString) : IConnectionFactory, IDisposable
{
    /// <summary>The pool.</summary>
    public NpgsqlDataSource Database { get; } = EngineConnections.Create(connectionString, EngineKinds.Hangfire, schema: null);

    /// <inheritdoc/>
    public NpgsqlConnection GetOrCreateConnection() => Database.CreateConnection();

    /// <inheritdoc/>
    public void Dispose() => Database.Dispose();
}
