using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>For tests of what concerns a whole database: each has one of its own.</summary>
public abstract class OwnDatabaseTest : StateTest, IAsyncLifetime
{
    private TestDatabase? _database;

    protected override TestDatabase Database => _database!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_database is not null) await _database.DisposeAsync();
    }
}
