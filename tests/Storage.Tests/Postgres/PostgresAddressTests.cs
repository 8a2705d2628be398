using Darkroom.Storage.Postgres;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://u:p@db.example/shop", "db.example", 5432, "shop", "u", "p")]
    [InlineData("postgresql://u:p@db.example:6432/shop", "db.example", 6432, "shop", "u", "p")]
    [InlineData("POSTGRES://u@db.example", "db.example", 5432, null, "u", null)]
    [InlineData("postgres://us%40er:p%2Fa%25s%3As%3Bw%23@db.example/sh%20op", "db.example", 5432, "sh op", "us@er", "p/a%s:s;w#")]
    [InlineData("postgres://u:p@ss:w@db.example/shop", "db.example", 5432, "shop", "u", "p@ss:w")]
    [InlineData("postgres://u:p@[::1]:5433/shop", "::1", 5433, "shop", "u", "p")]
    [InlineData("postgres://u:p@a.example:5433,b.example/shop", "a.example:5433,b.example", 5432, "shop", "u", "p")]
    [InlineData("postgres://u:p@/shop?host=/var/run/postgresql&port=5433", "/var/run/postgresql", 5433, "shop", "u", "p")]
    [InlineData("postgres://u:p@%2Fvar%2Frun%2Fpostgresql/shop", "/var/run/postgresql", 5432, "shop", "u", "p")]
    [InlineData("postgres:///shop?user=u&password=p%26q", "localhost", 5432, "shop", "u", "p&q")]
    [InlineData("  Host=db.example;Database=shop;Username=u;Password='p;q'\n", "db.example", 5432, "shop", "u", "p;q")]
    public void Read_AnyForm_IsTheSamePlace(string text, string host, int port, string? database, string? user, string? password)
    {
        var settings = PostgresAddress.Read(text);

        (settings.Host, settings.Port, settings.Database, settings.Username, settings.Password).ShouldBe((host, port, database, user, password));
        // What comes out goes in again: each part of the program reads it anew.
        PostgresAddress.Read(settings.ConnectionString).EquivalentTo(settings).ShouldBeTrue();
    }

    [Fact]
    public void Read_Parameters_AreTakenByTheirMeaning()
    {
        var settings = PostgresAddress.Read(
            "postgres://u:p@h/d?sslmode=verify-full&application_name=night%20shift&options=-c%20search_path%3Dshop&connect_timeout=7&target_session_attrs=read-write"
            + "&channel_binding=require&sslrootcert=system&load_balance_hosts=random&Maximum%20Pool%20Size=9&fallback_application_name=other");

        (settings.SslMode, settings.ApplicationName, settings.Options, settings.Timeout).ShouldBe((SslMode.VerifyFull, "night shift", "-c search_path=shop", 7));
        (settings.TargetSessionAttributes, settings.ChannelBinding, settings.RootCertificate, settings.LoadBalanceHosts, settings.MaxPoolSize).ShouldBe(("read-write", ChannelBinding.Require, null, true, 9));
        PostgresAddress.Read("postgres://u:p@h/d?sslmode=require").SslMode.ShouldBe(SslMode.Require);
    }

    [Theory]
    [InlineData("postgres://u:planted@h/d?sslmod=require", "there is no parameter 'sslmod'; did you mean sslmode?")]
    [InlineData("postgres://u:planted@h/d?pgbouncer=true", "there is no parameter 'pgbouncer'")]
    [InlineData("postgres://u:planted@h/d?sslmode=planted", "the value of sslmode can't be used")]
    [InlineData("postgres://u:planted@h:planted/d", "its port isn't a number from 1 to 65535")]
    [InlineData("postgres://u:planted@h:70000/d", "its port isn't a number from 1 to 65535")]
    [InlineData("postgres://u:12/planted@h/d", "in a password, write % as %25")]
    [InlineData("postgres://u:12?planted@h/d", "in a password, write % as %25")]
    [InlineData("postgres://u:12?planted=@h/d&a=b", "in a password, write % as %25")]
    [InlineData("postgres://u:100%planted@h/d", "isn't followed by two hexadecimal digits")]
    [InlineData("postgres://u:planted@::1/d", "an IPv6 address stands in brackets")]
    [InlineData("postgres://u:planted@[::1/d", "no closing bracket")]
    [InlineData("mysql://u:planted@h/d", "an address of another kind than postgres://")]
    [InlineData("jdbc:postgresql://h/d?password=planted", "an address of another kind than postgres://")]
    [InlineData("host=h user=u password=planted dbname=d", "its host has a space in it")]
    [InlineData("Username=u;Password=planted", "it names no host")]
    [InlineData("Host=h;Passwrod=planted", "there is no keyword 'passwrod'; did you mean Password?")]
    [InlineData("Host=h;Password=a;planted=b", "its keyword number 3 doesn't exist")]
    [InlineData("Host=h;Port=planted", "the value of port can't be used")]
    [InlineData("planted", "it can't be read")]
    [InlineData("", "it names no host")]
    public void Read_Unusable_SaysWhyWithoutTheSecret(string text, string reason)
    {
        var fault = Should.Throw<FormatException>(() => PostgresAddress.Read(text));

        fault.Message.ShouldContain(reason);
        fault.ToString().ShouldNotContain("planted");
    }

    [Fact]
    public async Task Create_SeveralHosts_WantsTheOneThatTakesWrites()
    {
        await using var several = DarkroomDataSource.Create("postgres://u:p@a.example,b.example/d");
        await using var one = DarkroomDataSource.Create("postgres://u:p@a.example/d");

        new NpgsqlConnectionStringBuilder(several.ConnectionString).TargetSessionAttributes.ShouldBe("read-write");
        new NpgsqlConnectionStringBuilder(one.ConnectionString).TargetSessionAttributes.ShouldBeNull();
    }
}
