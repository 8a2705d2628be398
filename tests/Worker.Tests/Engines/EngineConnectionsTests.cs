using Darkroom.Testing.Postgres;
using Darkroom.Worker.Engines;
using Npgsql;

namespace Darkroom.Worker.Tests.Engines;

public sealed class EngineConnectionsTests
{
    [Theory]
    [InlineData("", 30)]
    [InlineData(";Maximum Pool Size=200", 30)]
    [InlineData(";Maximum Pool Size=7", 7)]
    public void Create_AnyConnectionString_CapsThePoolOfTheEngine(string pool, int most)
    {
        using var source = EngineConnections.Create($"Host=127.0.0.1;Application Name=mine{pool}", "hangfire", schema: null);
        var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        (settings.MaxPoolSize, settings.ApplicationName, settings.SearchPath).ShouldBe((most, "darkroom-hangfire", null));
    }

    [Fact]
    public async Task Create_Schema_IsWhatItsNamesMean()
    {
        await using var database = await TestDatabase.CreateAsync(migrate: false);
        await using var source = EngineConnections.Create(database.ConnectionString, "quartz", "engine");
        await using var command = source.CreateCommand("show search_path");

        (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("engine");
        // Poolers refuse it as a start-up parameter.
        new NpgsqlConnectionStringBuilder(source.ConnectionString).SearchPath.ShouldBeNull();
    }
}
