using Darkroom.Testing.Postgres;
using Npgsql;

namespace Darkroom.Worker.Tests.Hosting;

public class TestDatabaseTests
{
    [Fact]
    public async Task CreateAsync_WithMigrations_HasTheirTables()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var command = database.DataSource.CreateCommand("select count(*) from schema_migration");
        (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe(Storage.Postgres.Migrations.MigrationCatalog.Embedded.Count * 1L);
    }

    [Fact]
    public async Task CreateAsync_Twice_GivesTwoDatabases()
    {
        await using var one = await TestDatabase.CreateAsync(migrate: false);
        await using var other = await TestDatabase.CreateAsync(migrate: false);
        NameOf(one).ShouldNotBe(NameOf(other));
    }

    [Fact]
    public async Task DisposeAsync_Always_DropsTheDatabase()
    {
        var database = await TestDatabase.CreateAsync(migrate: false);
        await database.DisposeAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        (await Should.ThrowAsync<PostgresException>(async () => await source.OpenConnectionAsync())).SqlState.ShouldBe(PostgresErrorCodes.InvalidCatalogName);
    }

    private static string? NameOf(TestDatabase database) => new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
}
