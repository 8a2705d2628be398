using Darkroom.Storage.Postgres;
using Darkroom.Testing;
using Darkroom.Testing.Postgres;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class DatabaseCheckTests : OwnDatabaseTest
{
    private readonly string _role = $"darkroom_check_{Guid.NewGuid():n}";

    [Fact]
    public async Task FindFaultsAsync_AllWell_FindsNone() => (await FaultsAsync(Database.ConnectionString)).ShouldBeEmpty();

    [Fact]
    public async Task RequireAsync_PoolerInTransactionMode_RefusesWithTheCure()
    {
        await using var pooler = new TransactionPooler(Database.Server);
        var through = By(pooler.Port);
        await using var source = DarkroomDataSource.Create(through);

        var refused = await Should.ThrowAsync<UnsuitableDatabaseException>(() => DatabaseCheck.RequireAsync(source, through, TimeProvider.System, Cancel));

        refused.Message.ShouldStartWith("A connection pooler in transaction mode is between Darkroom and the database");
        refused.Message.ShouldContain("session-mode port, usually 5432");
    }

    [Fact]
    public async Task FindFaultsAsync_SomethingBetweenThatKeepsSessions_FindsNone()
    {
        await using var gate = new TcpGate(Database.Server);
        (await FaultsAsync(By(gate.Port))).ShouldBeEmpty();
    }

    [Fact]
    public async Task FindFaultsAsync_PoolOfOne_FindsNone() =>
        (await FaultsAsync(Database.ConnectionString + ";Maximum Pool Size=1;Timeout=5")).ShouldBeEmpty();

    [Theory]
    [InlineData("alter role ROLE set default_transaction_read_only = on", true, "Transactions are read-only by default here")]
    [InlineData("alter role ROLE set search_path = nowhere", true, "None of the schemas of the search path exists")]
    [InlineData("revoke create on schema public from public; alter role ROLE nosuperuser", true, "may not create tables in the schema public")]
    [InlineData("grant create on schema public to ROLE; grant create on database DATABASE to ROLE; alter role ROLE nosuperuser", true, "Darkroom's tables belong to the role")]
    [InlineData("alter role ROLE connection limit 20", false, "The database takes 20 connections of this role, and one worker may open 62.")]
    [InlineData("alter role ROLE set statement_timeout = '5s'", false, "statement_timeout is 5 s for this role")]
    [InlineData("alter role ROLE set idle_in_transaction_session_timeout = '500ms'", false, "idle_in_transaction_session_timeout is 0.5 s for this role")]
    [InlineData("alter role ROLE set idle_session_timeout = '5min'", false, "idle_session_timeout is 5 min for this role")]
    public async Task FindFaultsAsync_RoleThatCantWorkWell_SaysWhatAndTheCure(string change, bool fatal, string reason)
    {
        var name = new NpgsqlConnectionStringBuilder(Database.ConnectionString).Database!;
        await AdministrateAsync($"create role {_role} login superuser password 'planted'");
        try
        {
            await AdministrateAsync(change.Replace("ROLE", _role, StringComparison.Ordinal).Replace("DATABASE", name, StringComparison.Ordinal));
            var faults = await FaultsAsync(new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Username = _role, Password = "planted" }.ConnectionString);

            var fault = faults.First(fault => fault.Reason.Contains(reason, StringComparison.Ordinal));
            fault.IsFatal.ShouldBe(fatal);
            fault.Cure.ShouldNotBeEmpty();
        }
        finally
        {
            await AdministrateAsync($"drop owned by {_role}; drop role {_role}");
        }
    }

    [Fact]
    public async Task FindFaultsAsync_OtherEncoding_IsFatal()
    {
        var name = $"darkroom_ascii_{Guid.NewGuid():n}";
        await ExecuteAsync($"create database {name} encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'");
        try
        {
            var faults = await FaultsAsync(new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Database = name }.ConnectionString);
            faults.ShouldHaveSingleItem().ShouldBe(new DatabaseFault(
                "The database's encoding is SQL_ASCII; Darkroom needs UTF8.", "Make another one: create database darkroom encoding 'UTF8' template template0.", IsFatal: true));
        }
        finally
        {
            await ExecuteAsync($"drop database {name} with (force)");
        }
    }

    [Theory]
    [InlineData(-300, "behind")]
    [InlineData(300, "ahead of")]
    public async Task FindFaultsAsync_ClocksApart_SaysByHowMuch(int seconds, string way)
    {
        var faults = await FaultsAsync(Database.ConnectionString, new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddSeconds(seconds)));
        var fault = faults.ShouldHaveSingleItem();
        (fault.IsFatal, fault.Reason.Contains($"min {way} the database's", StringComparison.Ordinal) || fault.Reason.Contains($"s {way} the database's", StringComparison.Ordinal)).ShouldBe((false, true), fault.Reason);
    }

    private string By(int port) => new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Host = "127.0.0.1", Port = port, SslMode = SslMode.Disable }.ConnectionString;

    private static async Task<IReadOnlyList<DatabaseFault>> FaultsAsync(string connectionString, TimeProvider? time = null)
    {
        await using var source = DarkroomDataSource.Create(connectionString);
        return await DatabaseCheck.FindFaultsAsync(source, connectionString, time ?? TimeProvider.System, Cancel);
    }

    private Task AdministrateAsync(string sql) => Database.AdministrateAsync(sql.Split("; "));

    private async Task ExecuteAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
