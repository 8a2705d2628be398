using Npgsql;

namespace Darkroom.Worker.Engines.Quartz;

/// <summary>Quartz's connections, from a pool of its own; unqualified names mean its schema, which is made here.</summary>
internal sealed class QuartzConnections : IDisposable
{
    private const string Schema = "quartz";

    public QuartzConnections(string connectionString)
    {
        Database = EngineConnections.Create(connectionString, EngineKinds.Quartz, Schema);
        try
        {
            EngineConnections.WithSchemaTurn(Database, connection =>
            {
                EngineConnections.Execute(connection, $"-- name: Engine.CreateSchema\nset client_min_messages = warning; create schema if not exists {Schema}");
                return true;
            });
        }
        catch
        {
            Database.Dispose();
            throw;
        }
    }

    /// <summary>The pool.</summary>
    public NpgsqlDataSource Database { get; }

    /// <inheritdoc/>
    public void Dispose() => Database.Dispose();
}
