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
    public void Create_Schema_IsWhatItsNamesMean()
    {
        using var source = EngineConnections.Create("Host=127.0.0.1", "quartz", "engine");
        new NpgsqlConnectionStringBuilder(source.ConnectionString).SearchPath.ShouldBe("engine");
    }
}
