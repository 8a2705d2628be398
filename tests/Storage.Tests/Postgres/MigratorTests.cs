using Darkroom.Storage.Postgres.Migrations;
using Darkroom.Testing.Postgres;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class MigratorTests : IAsyncLifetime
{
    private static readonly Migration One = MigrationCatalog.Create("0001_one.sql", "create table one (id int);\ninsert into one values (1);");
    private static readonly Migration Two = MigrationCatalog.Create("0002_two.sql", "create table two as select id from one;");
    private static readonly Migration Broken = MigrationCatalog.Create("0003_broken.sql", "create table three (id int); select 1 / 0;");
    private TestDatabase? _database;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(migrate: false);

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
    }

    [Fact]
    public async Task MigrateAsync_EmptyDatabase_AppliesInOrderAndRecords()
    {
        (await Of(One, Two).MigrateAsync(Cancel)).ShouldBe([One, Two]);
        (await RecordedAsync()).ShouldBe($"1 0001_one.sql {One.Checksum}, 2 0002_two.sql {Two.Checksum}");
        (await ScalarAsync("select count(*) from two")).ShouldBe(1L);
    }

    [Fact]
    public async Task MigrateAsync_Again_AppliesNothing()
    {
        await Of(One, Two).MigrateAsync(Cancel);
        (await Of(One, Two).MigrateAsync(Cancel)).ShouldBeEmpty();
        (await ScalarAsync("select count(*) from one")).ShouldBe(1L);
    }

    [Fact]
    public async Task MigrateAsync_OlderDatabase_AppliesWhatIsMissing()
    {
        await Of(One).MigrateAsync(Cancel);
        (await Of(One, Two).GetPendingAsync(Cancel)).ShouldBe([Two]);
        (await Of(One, Two).MigrateAsync(Cancel)).ShouldBe([Two]);
        (await Of(One, Two).GetPendingAsync(Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task GetPendingAsync_EmptyDatabase_NamesAllAndChangesNothing()
    {
        (await Of(One, Two).GetPendingAsync(Cancel)).ShouldBe([One, Two]);
        (await ScalarAsync("select count(*) from pg_class where relnamespace = 'public'::regnamespace")).ShouldBe(0L);
    }

    [Fact]
    public async Task MigrateAsync_ManyAtOnce_AppliesOnce()
    {
        var slow = MigrationCatalog.Create("0003_slow.sql", "select pg_sleep(0.2); create table three (id int);");
        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Of(One, Two, slow).MigrateAsync(Cancel)));
        applied.Sum(migrations => migrations.Count).ShouldBe(3);
        applied.Count(migrations => migrations.Count == 3).ShouldBe(1);
    }

    [Fact]
    public async Task MigrateAsync_ChangedMigration_SaysSo()
    {
        await Of(One, Two).MigrateAsync(Cancel);
        var changed = MigrationCatalog.Create("0001_one.sql", "create table one (id bigint);");
        (await Should.ThrowAsync<MigrationException>(() => Of(changed, Two).MigrateAsync(Cancel))).Message.ShouldBe(
            $"Migration 0001_one.sql was changed after it had been applied (checksum {changed.Checksum[..12]}…, applied {One.Checksum[..12]}…). "
            + "Put its old text back and make the change in a new migration.");
    }

    // Before the first release there were 39 migrations, squashed since; some of them were marked compatible.
    [Fact]
    public async Task MigrateAsync_DatabaseOfAnUnreleasedVersion_SaysWhatToDo()
    {
        Migration[] old = [MigrationCatalog.Create("0001_initial.sql", "select 1"), .. Enumerable.Range(2, 38).Select(number =>
            MigrationCatalog.Create($"{number:0000}_old.sql", number % 2 == 0 ? "select 1" : "-- compatible\nselect 1"))];
        await Of(old).MigrateAsync(Cancel);
        var migrator = new Migrator(_database!.DataSource);
        var said = $"The database was made by an unreleased version of Darkroom and can't be upgraded: it has migration 0001_initial.sql where this program has {MigrationCatalog.Embedded[0].Name}. "
            + "Use an empty database: set ConnectionStrings__Postgres to one, or, where the database is the private one under .darkroom/, run Darkroom in another folder.";
        (await Should.ThrowAsync<MigrationException>(() => migrator.MigrateAsync(Cancel))).Message.ShouldBe(said);
        (await Should.ThrowAsync<MigrationException>(() => migrator.MigrateAsync(force: true, Cancel))).Message.ShouldBe(said);
        (await Should.ThrowAsync<MigrationException>(() => migrator.GetPendingAsync(Cancel))).Message.ShouldBe(said);
        (await ScalarAsync("select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'")).ShouldBe(1L);
    }

    [Fact]
    public async Task MigrateAsync_MissingOldMigration_SaysSo()
    {
        await Of(One, Two).MigrateAsync(Cancel);
        (await Should.ThrowAsync<MigrationException>(() => Of(Two).MigrateAsync(Cancel))).Message
            .ShouldBe("The database has migration 0001_one.sql, which is missing from this program.");
    }

    [Fact]
    public async Task MigrateAsync_NewerDatabase_SaysSo()
    {
        await Of(One, Two).MigrateAsync(Cancel);
        (await Should.ThrowAsync<MigrationException>(() => Of(One).GetPendingAsync(Cancel))).Message
            .ShouldBe("The database has migration 0002_two.sql, which this program doesn't know: a newer version has been here. Run that version.");
    }

    [Fact]
    public async Task MigrateAsync_SkippedMigration_SaysSo()
    {
        await Of(Two with { Sql = "create table two (id int)" }).MigrateAsync(Cancel);
        (await Should.ThrowAsync<MigrationException>(() => Of(One, Two).MigrateAsync(Cancel))).Message
            .ShouldBe("Migration 0001_one.sql was never applied, though later ones were: the database was not made by this program's migrations.");
    }

    [Fact]
    public async Task MigrateAsync_FailingMigration_IsRolledBackAndTheOthersStay()
    {
        (await Should.ThrowAsync<PostgresException>(() => Of(One, Two, Broken).MigrateAsync(Cancel))).SqlState.ShouldBe(PostgresErrorCodes.DivisionByZero);
        (await RecordedAsync()).ShouldBe($"1 0001_one.sql {One.Checksum}, 2 0002_two.sql {Two.Checksum}");
        (await ScalarAsync("select to_regclass('three') is null")).ShouldBe(true);
        (await ScalarAsync("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())")).ShouldBe(0L);
    }

    [Fact]
    public async Task MigrateAsync_WorkersLive_AppliesOnlyWhatTheyCanBear()
    {
        var table = MigrationCatalog.Create("0001_process.sql", "create table process (id bigint primary key, host text, pid integer, lease_until timestamptz);");
        var bearable = MigrationCatalog.Create("0002_added.sql", "-- compatible\nalter table process add column engine text;");
        var unbearable = MigrationCatalog.Create("0003_renamed.sql", "alter table process rename column host to machine;");
        await Of(table).MigrateAsync(Cancel);
        await ScalarAsync("insert into process values (1, 'box', 42, now() + interval '1 hour'), (2, 'dead', 43, now() - interval '1 hour')");

        (await Of(table, bearable).MigrateAsync(Cancel)).ShouldBe([bearable]);
        var refused = await Should.ThrowAsync<MigrationException>(() => Of(table, bearable, unbearable).MigrateAsync(Cancel));
        refused.Message.ShouldStartWith("Migration 0003_renamed.sql changes what running workers rely on, and some live: box process 42. Stop them first;");
        refused.Message.ShouldNotContain("dead");
        // The worker that lives bears what was added; its program knows the first one only.
        (await Of(table).GetPendingAsync(Cancel)).ShouldBeEmpty();
        (await Of(table).MigrateAsync(Cancel)).ShouldBeEmpty();

        (await Of(table, bearable, unbearable).MigrateAsync(force: true, Cancel)).ShouldBe([unbearable]);
        (await Should.ThrowAsync<MigrationException>(() => Of(table).GetPendingAsync(Cancel))).Message.ShouldContain("0003_renamed.sql, which this program doesn't know");
    }

    [Fact]
    public async Task MigrateAsync_NoWorkerLives_AppliesAll()
    {
        var table = MigrationCatalog.Create("0001_process.sql", "create table process (id bigint primary key, host text, pid integer, lease_until timestamptz);");
        await Of(table).MigrateAsync(Cancel);
        await ScalarAsync("insert into process values (2, 'dead', 43, now() - interval '1 hour')");
        (await Of(table, Two with { Sql = "select 1" }).MigrateAsync(Cancel)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task GetPendingAsync_DatabaseOfBeforeTheMark_ReadsIt()
    {
        await Of(One).MigrateAsync(Cancel);
        await ScalarAsync("alter table schema_migration drop column compatible");
        (await Of(One, Two).GetPendingAsync(Cancel)).ShouldBe([Two]);
        (await Of(One, Two).MigrateAsync(Cancel)).ShouldBe([Two]);
    }

    [Theory]
    [InlineData("1_x.sql")]
    [InlineData("0001-x.sql")]
    [InlineData("abcd_x.sql")]
    [InlineData("")]
    public void Create_OtherName_IsRefused(string name) =>
        Should.Throw<FormatException>(() => MigrationCatalog.Create(name, "")).Message.ShouldBe($"Migration '{name}' must be named like 0001_what_it_does.sql.");

    [Fact]
    public void Create_OtherLineEnds_HasTheSameChecksum() =>
        MigrationCatalog.Create("0001_a.sql", "select 1;\r\nselect 2;\r\n").ShouldBe(MigrationCatalog.Create("0001_a.sql", "select 1;\nselect 2;\n"));

    [Fact]
    public void Embedded_Always_CountsFromOneWithoutGaps() =>
        MigrationCatalog.Embedded.Select(migration => migration.Number).ShouldBe(Enumerable.Range(1, MigrationCatalog.Embedded.Count));

    private Migrator Of(params Migration[] migrations) => new(_database!.DataSource, migrations);

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _database!.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancel);
    }

    private async Task<object?> RecordedAsync() =>
        await ScalarAsync("select string_agg(number || ' ' || name || ' ' || checksum, ', ' order by number) from schema_migration");
}
