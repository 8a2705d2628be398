using System.Globalization;
using Darkroom.Jobs.Editing;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Asks a configured database whether Darkroom can work on it: what is between, what version and role of server it is, what this role may do.</summary>
public static class DatabaseCheck
{
    /// <summary>The first server version that has all that our statements use (<c>date_bin</c>).</summary>
    public const int LeastVersion = 14;

    // How often two connections are compared. A pooler hands an idle server to whoever asks next, so the first comparison tells; more are for a busy one.
    private const int Comparisons = 3;

    // Beside the pools: the connection that listens for news, and one for a person.
    private const int Spare = 2;

    private const string Backend = "-- name: Database.Backend\nselect pg_backend_pid()";

    // Understood by servers that are too old, too.
    private const string Describe = """
        -- name: Database.Describe
        select current_setting('server_version_num')::int / 10000, current_setting('server_version'), pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on',
               current_setting('server_encoding'), current_schema()::text, coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
               has_database_privilege(current_database(), 'CREATE'), current_user::text,
               (select tableowner::text from pg_tables where schemaname = current_schema() and tablename = 'schema_migration' and not pg_has_role(tableowner, 'USAGE')),
               (select count(*) from pg_namespace where nspname = 'hangfire'),
               extract(epoch from clock_timestamp())::float8
        """;

    private const string Connections = """
        -- name: Database.Connections
        select least((select sum(case name when 'max_connections' then setting::int else -setting::int end)
                      from pg_settings where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')),
                     (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user),
                     (select nullif(datconnlimit, -1) from pg_database where datname = current_database()))::int
        """;

    private const string Timeouts = """
        -- name: Database.Timeouts
        select name, setting::bigint / 1000.0::float8 from pg_settings
        where name in ('statement_timeout', 'transaction_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout') and setting::bigint > 0
        order by name
        """;

    // Below these, work that is all right would be ended: an import, a migration or a purge; the connection that waits for news; an idle pool.
    private static readonly Dictionary<string, (TimeSpan Least, string Ends)> LeastTimes = new(StringComparer.Ordinal)
    {
        ["statement_timeout"] = (TimeSpan.FromMinutes(1), "migrations, imports of large manifests and purges may take longer"),
        ["transaction_timeout"] = (TimeSpan.FromMinutes(1), "migrations, imports of large manifests and purges may take longer"),
        ["lock_timeout"] = (TimeSpan.FromSeconds(10), "processes that migrate at the same time wait longer for each other"),
        ["idle_in_transaction_session_timeout"] = (TimeSpan.FromSeconds(10), "an import that waits for its manifest is idle for longer"),
        ["idle_session_timeout"] = (TimeSpan.FromHours(1), "the connection on which a worker waits for news is idle for longer"),
    };

    private static readonly TimeSpan MostClockDifference = TimeSpan.FromSeconds(30);

    /// <summary>Refuses a database that no command can work on.</summary>
    /// <exception cref="UnsuitableDatabaseException">It is one.</exception>
    /// <exception cref="NpgsqlException">It can't be reached.</exception>
    public static async Task RequireAsync(NpgsqlDataSource database, string connectionString, TimeProvider time, CancellationToken cancellationToken)
    {
        if ((await FindFaultsAsync(database, connectionString, time, cancellationToken)).FirstOrDefault(fault => fault.IsFatal) is { } fatal) throw new UnsuitableDatabaseException(fatal);
    }

    /// <summary>What is wrong with it; empty when nothing is.</summary>
    /// <param name="database">The pool that will be worked with.</param>
    /// <param name="connectionString">How to open a connection beside the pool, which may be of one.</param>
    /// <param name="time">The clock that the server's is compared with.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <exception cref="NpgsqlException">It can't be reached.</exception>
    public static async Task<IReadOnlyList<DatabaseFault>> FindFaultsAsync(NpgsqlDataSource database, string connectionString, TimeProvider time, CancellationToken cancellationToken)
    {
        var settings = PostgresAddress.Read(connectionString);
        var pool = new NpgsqlConnectionStringBuilder(database.ConnectionString).MaxPoolSize;
        (settings.Pooling, settings.MaxAutoPrepare, settings.ApplicationName) = (false, 0, "darkroom-check");
        await using var second = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await second.OpenAsync(cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ProtocolViolation && refused.MessageText.Contains("startup parameter", StringComparison.OrdinalIgnoreCase))
        {
            return [new($"A connection pooler is between Darkroom and the database, and refuses a parameter of the connection string ({refused.MessageText}).",
                "Take the parameter (Options, Search Path, Timezone) out of ConnectionStrings__Postgres, or connect to the database directly.", IsFatal: true)];
        }

        await using var first = await database.OpenConnectionAsync(cancellationToken);
        if (await SharesBackendsAsync(first, second, cancellationToken))
        {
            return [new("A connection pooler in transaction mode is between Darkroom and the database, and Darkroom needs sessions that last (LISTEN, advisory locks, prepared statements).",
                "Connect to the database directly or to the pooler's session-mode port, usually 5432: change host and port in ConnectionStrings__Postgres.", IsFatal: true)];
        }

        var faults = await DescribeAsync(second, time, cancellationToken);
        if (faults.Exists(fault => fault.IsFatal)) return faults;
        await FindLimitsAsync(second, pool, faults, cancellationToken);
        return faults;
    }

    // A session has one backend, and two sessions have two. Behind a pooler that gives connections by the transaction neither holds.
    private static async Task<bool> SharesBackendsAsync(NpgsqlConnection first, NpgsqlConnection second, CancellationToken cancellationToken)
    {
        var (mine, others) = (await BackendAsync(first, cancellationToken), await BackendAsync(second, cancellationToken));
        for (var left = Comparisons; left > 0; left--)
        {
            if (mine == others || await BackendAsync(first, cancellationToken) != mine || await BackendAsync(second, cancellationToken) != others) return true;
        }

        return false;
    }

    private static async Task<int> BackendAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Backend, connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<List<DatabaseFault>> DescribeAsync(NpgsqlConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Describe, connection);
        var before = time.GetUtcNow();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var after = time.GetUtcNow();
        var faults = new List<DatabaseFault>();
        if (reader.GetInt32(0) < LeastVersion)
            faults.Add(new($"The database is PostgreSQL {reader.GetString(1)}; Darkroom needs {LeastVersion} or later.", "Upgrade the server, or use another one.", IsFatal: true));
        if (reader.GetBoolean(2))
            faults.Add(new("The database server is a read-only standby (a replica).", "Connect to the primary; with several hosts, leave out target_session_attrs or set it to read-write.", IsFatal: true));
        else if (reader.GetBoolean(3))
            faults.Add(new("Transactions are read-only by default here (default_transaction_read_only is on).", $"Use another role, or: alter role {reader.GetString(8)} set default_transaction_read_only = off.", IsFatal: true));
        if (reader.GetString(4) != "UTF8")
            faults.Add(new($"The database's encoding is {reader.GetString(4)}; Darkroom needs UTF8.", "Make another one: create database darkroom encoding 'UTF8' template template0.", IsFatal: true));
        if (await reader.IsDBNullAsync(5, cancellationToken))
            faults.Add(new("None of the schemas of the search path exists in the database.", "Make one, such as: create schema public; or correct the role's search_path.", IsFatal: true));
        else if (!reader.GetBoolean(6))
            faults.Add(new($"The role {reader.GetString(8)} may not create tables in the schema {reader.GetString(5)}.", $"As its owner: grant create, usage on schema {reader.GetString(5)} to {reader.GetString(8)}.", IsFatal: true));
        if (!await reader.IsDBNullAsync(9, cancellationToken))
            faults.Add(new($"Darkroom's tables belong to the role {reader.GetString(9)}, and {reader.GetString(8)} isn't a member of it.", $"Connect as {reader.GetString(9)}, or: grant {reader.GetString(9)} to {reader.GetString(8)}.", IsFatal: true));
        if (!reader.GetBoolean(7) && reader.GetInt64(10) == 0)
            faults.Add(new($"The role {reader.GetString(8)} may not create schemas in the database, and Hangfire makes one.", $"As the database's owner: grant create on database … to {reader.GetString(8)}.", IsFatal: false));
        var there = DateTimeOffset.UnixEpoch.AddSeconds(reader.GetDouble(11));
        var ahead = before > there ? before - there : after < there ? after - there : TimeSpan.Zero;
        if (ahead.Duration() > MostClockDifference)
            faults.Add(new($"This machine's clock is {DurationText.Words(ahead.Duration())} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the database's.", "Set both by NTP: deadlines, windows and forecasts go by both.", IsFatal: false));
        return faults;
    }

    private static async Task FindLimitsAsync(NpgsqlConnection connection, int pool, List<DatabaseFault> faults, CancellationToken cancellationToken)
    {
        await using (var limit = new NpgsqlCommand(Connections, connection))
        {
            // Ours, and Hangfire's beside it.
            if (await limit.ExecuteScalarAsync(cancellationToken) is int most && most < (2 * pool) + Spare)
            {
                faults.Add(new(string.Create(CultureInfo.InvariantCulture, $"The database takes {most} connections of this role, and one worker may open {(2 * pool) + Spare}."),
                    string.Create(CultureInfo.InvariantCulture, $"Raise max_connections (or the role's or database's connection limit), or set Maximum Pool Size={Math.Max(1, (most - Spare) / 2)} or less in ConnectionStrings__Postgres."), IsFatal: false));
            }
        }

        await using var timeouts = new NpgsqlCommand(Timeouts, connection);
        await using var reader = await timeouts.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (name, time) = (reader.GetString(0), TimeSpan.FromSeconds(reader.GetDouble(1)));
            if (LeastTimes[name] is var (least, ends) && time < least)
                faults.Add(new($"{name} is {DurationText.Words(time)} for this role, and {ends}.", $"alter role … set {name} = 0 (or at least {DurationText.Words(least)}).", IsFatal: false));
        }
    }
}
