namespace Darkroom.Testing.Postgres;

/// <summary>A class fixture: one migrated database for all tests of a class. The tests are skipped where there is no PostgreSQL; in CI they fail.</summary>
public class DatabaseFixture : IAsyncLifetime
{
    private TestDatabase? _database;
    private string _story = "";

    /// <summary>The database. Asking for it skips the test where there is none.</summary>
    public TestDatabase Database
    {
        get
        {
            if (_database is null) Assert.Skip(_story);
            return _database;
        }
    }

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync()
    {
        var server = await TestPostgres.GetAsync();
        _story = server.Story;
        if (server.ConnectionString is not null) _database = await TestDatabase.CreateOnAsync(server.ConnectionString, server.AdministratorConnectionString, migrate: true);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_database is not null) await _database.DisposeAsync();
    }
}
