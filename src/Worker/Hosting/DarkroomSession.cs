using Darkroom.Storage.Postgres;
using Darkroom.Storage.Postgres.Migrations;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Embedded;
using Darkroom.Worker.Machine;
using Npgsql;

namespace Darkroom.Worker.Hosting;

/// <summary>
/// What every command stands on: the database (the configured one, or a private one under <c>.darkroom/</c>), brought to this program's schema.
/// Disposing closes it, and stops the private one when nobody else uses it.
/// </summary>
public sealed class DarkroomSession : IAsyncDisposable
{
    /// <summary>The folder under the current one where everything is kept unless configured otherwise.</summary>
    public const string HomeFolder = ".darkroom";

    private readonly EmbeddedPostgres? _embedded;

    private DarkroomSession(IConfiguration configuration, string home, string connectionString, NpgsqlDataSource database, EmbeddedPostgres? embedded) =>
        (Configuration, Home, ConnectionString, Database, _embedded) = (configuration, home, connectionString, database, embedded);

    /// <summary>The checked configuration.</summary>
    public IConfiguration Configuration { get; }

    /// <summary>The absolute path of <see cref="HomeFolder"/>.</summary>
    public string Home { get; }

    /// <summary>How the database is reached. A secret.</summary>
    public string ConnectionString { get; }

    /// <summary>The database.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>Whether the database is the private one.</summary>
    public bool IsEmbedded => _embedded is not null;

    /// <summary>Opens the database, starts the private one if need be, and migrates it.</summary>
    /// <exception cref="EmbeddedPostgresException">There is no database and none can be started.</exception>
    /// <exception cref="MachineException">The folder can't be used.</exception>
    /// <exception cref="InvalidConfigurationException">The connection string can't be used.</exception>
    /// <exception cref="UnsuitableDatabaseException">It is to be migrated, and isn't one that Darkroom can work on.</exception>
    /// <exception cref="MigrationException">The database and this program don't fit together.</exception>
    public static async Task<DarkroomSession> OpenAsync(
        IConfiguration configuration, string folder, Action<string> say, bool migrate, CancellationToken cancellationToken)
    {
        var home = Path.Combine(folder, HomeFolder);
        var embedded = configuration.GetConnectionString("Postgres") is { Length: > 0 } given
            ? null
            : await EmbeddedPostgres.StartAsync(home, [], say, cancellationToken);
        var connectionString = embedded?.ConnectionString ?? Read(configuration.GetConnectionString("Postgres")!);
        if (embedded is null && FileFacts.Of(home) is not null) OwnFolder.Prepare(home);
        DarkroomSession? session = null;
        try
        {
            embedded?.KeepRunning(say);
            session = new DarkroomSession(configuration, home, connectionString, CreateDataSource(connectionString), embedded);
            if (!migrate) return session;
            await session.RequireSuitableDatabaseAsync(cancellationToken);
            await new Migrator(session.Database) { Say = say }.MigrateAsync(cancellationToken);
            return session;
        }
        catch
        {
            if (session is not null) await session.DisposeAsync();
            else if (embedded is not null) await embedded.DisposeAsync();
            throw;
        }
    }

    /// <summary>Refuses a configured database that Darkroom can't work on, before anything is written to it. The private one is as we made it.</summary>
    /// <exception cref="UnsuitableDatabaseException">It is one.</exception>
    public Task RequireSuitableDatabaseAsync(CancellationToken cancellationToken) =>
        IsEmbedded ? Task.CompletedTask : DatabaseCheck.RequireAsync(Database, ConnectionString, TimeProvider.System, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_embedded is not null) await _embedded.DisposeAsync();
    }

    private static string Read(string connectionString)
    {
        try
        {
            return PostgresAddress.Read(connectionString).ConnectionString;
        }
        catch (FormatException exception)
        {
            throw new InvalidConfigurationException([$"ConnectionStrings:Postgres = (secret): {exception.Message}."]);
        }
    }

    private static NpgsqlDataSource CreateDataSource(string connectionString)
    {
        try
        {
            return DarkroomDataSource.Create(connectionString);
        }
        catch (ArgumentException exception)
        {
            // Npgsql's message names the keyword at fault, not its value.
            throw new InvalidConfigurationException([$"ConnectionStrings:Postgres = (secret): {exception.Message}"]);
        }
    }
}
