using Darkroom.Storage.Postgres;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class DarkroomDataSourceTests
{
    private const string Bare = "Host=127.0.0.1;Username=u;Password=p;Database=d";

    [Fact]
    public async Task Create_NothingSaid_TakesOurDefaults()
    {
        await using var source = DarkroomDataSource.Create(Bare);
        var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        (settings.MaxPoolSize, settings.MaxAutoPrepare, settings.KeepAlive, settings.ApplicationName).ShouldBe((30, 64, 30, "darkroom"));
    }

    [Fact]
    public async Task Create_SaidOtherwise_KeepsIt()
    {
        await using var source = DarkroomDataSource.Create(Bare + ";Maximum Pool Size=7;Max Auto Prepare=0;Keepalive=5;Application Name=mine", "other");
        var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        (settings.MaxPoolSize, settings.MaxAutoPrepare, settings.KeepAlive, settings.ApplicationName).ShouldBe((7, 0, 5, "mine"));
    }
}
