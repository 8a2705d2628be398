using System.Data;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Schedules;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Schedules in PostgreSQL. That an occurrence runs once is held by a unique constraint on schedule and time, whoever asks.</summary>
public sealed class PostgresScheduleStore(NpgsqlDataSource database) : IScheduleStore
{
    /// <inheritdoc/>
    public async Task<bool> AddAsync(Schedule schedule, bool replace, Actor by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return await ChangeAsync(new NpgsqlCommand(ScheduleSql.Add)
            .With("name", schedule.Name).With("cron", schedule.Cron).With("time_zone", schedule.TimeZone).With("manifest", schedule.Manifest)
            .WithNullable("template", NpgsqlDbType.Jsonb, schedule.Template.ToJson()).With("overlap", schedule.Overlap.ToName())
            .WithNullable("deadline", NpgsqlDbType.Text, schedule.Deadline).With("armed_at", schedule.ArmedAt.ToUniversalTime()).With("replace", replace),
            by, "schedule.add", schedule.Name, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Schedule?> GetAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ScheduleSql.Get).With("name", name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Schedule>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ScheduleSql.List);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var schedules = new List<Schedule>();
        while (await reader.ReadAsync(cancellationToken)) schedules.Add(Read(reader));
        return schedules;
    }

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string name, Actor by, CancellationToken cancellationToken) =>
        ChangeAsync(new NpgsqlCommand(ScheduleSql.Remove).With("name", name), by, "schedule.remove", name, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> SetPausedAsync(string name, bool isPaused, DateTimeOffset now, Actor by, CancellationToken cancellationToken)
    {
        var change = new NpgsqlCommand(ScheduleSql.SetPaused).With("name", name).With("is_paused", isPaused).With("now", now.ToUniversalTime());
        return await ChangeAsync(change, by, isPaused ? "schedule.pause" : "schedule.resume", name, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ScheduleRun?> TakeAsync(Schedule schedule, DateTimeOffset scheduledAt, string batchId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return TakeAsync(
            schedule, scheduledAt, batchId, by: null,
            c => c.With("name", schedule.Name).With("at", scheduledAt.ToUniversalTime()).With("cron", schedule.Cron).With("time_zone", schedule.TimeZone), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ScheduleRun?> TakeManualAsync(Schedule schedule, DateTimeOffset now, string batchId, Actor by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return TakeAsync(schedule, now, batchId, by, c => c.With("name", schedule.Name), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ScheduleRun?> TakeWaitingAsync(TimeSpan takenFor, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ScheduleSql.TakeWaiting).With("taken_for", takenFor);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ReadRun(reader) : null;
    }

    /// <inheritdoc/>
    public async Task WriteAsync(ScheduleRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        await using var command = database.CreateCommand(ScheduleSql.WriteRun)
            .With("id", run.Id).With("state", run.State.ToName()).WithNullable("detail", NpgsqlDbType.Text, run.Detail)
            .With("problems", run.Problems.ToArray()).With("warnings", run.Warnings.ToArray())
            .WithNullable("manifest_version", NpgsqlDbType.Text, run.ManifestVersion).With("is_unchanged", run.IsUnchanged);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<ScheduleRun>>> ListRunsAsync(IReadOnlyCollection<string> names, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ScheduleSql.ListRunsOf).With("names", names.ToArray()).With("limit", limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var runs = new List<ScheduleRun>();
        while (await reader.ReadAsync(cancellationToken)) runs.Add(ReadRun(reader));
        return runs.GroupBy(run => run.Schedule, StringComparer.Ordinal).ToDictionary(group => group.Key, group => (IReadOnlyList<ScheduleRun>)[.. group], StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ScheduleRun>> ListRunsAsync(string name, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ScheduleSql.ListRuns).With("name", name).With("limit", limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var runs = new List<ScheduleRun>();
        while (await reader.ReadAsync(cancellationToken)) runs.Add(ReadRun(reader));
        return runs;
    }

    private async Task<ScheduleRun?> TakeAsync(
        Schedule schedule, DateTimeOffset at, string batchId, Actor? by, Action<NpgsqlCommand> fillLock, CancellationToken cancellationToken)
    {
        var isManual = by is not null;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var turn = new NpgsqlCommand(isManual ? ScheduleSql.LockForRun : ScheduleSql.Arm, connection))
        {
            fillLock(turn);
            await using var locked = await turn.ExecuteReaderAsync(cancellationToken);
            if (isManual ? !await locked.ReadAsync(cancellationToken) : locked.RecordsAffected == 0) return null;
        }

        ScheduleRun? run;
        await using (var take = new NpgsqlCommand(ScheduleSql.Take, connection)
            .With("name", schedule.Name).With("at", at.ToUniversalTime()).With("is_manual", isManual).With("batch_id", batchId).With("overlap", schedule.Overlap.ToName()))
        await using (var reader = await take.ExecuteReaderAsync(cancellationToken))
            run = await reader.ReadAsync(cancellationToken) ? ReadRun(reader) : null;
        if (by is not null) await Audit.NoteAsync(connection, by, "schedule.run", batchId: null, new { schedule = schedule.Name, run = run?.State.ToName(), batch = batchId }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return run;
    }

    private async Task<bool> ChangeAsync(NpgsqlCommand change, Actor by, string action, string name, CancellationToken cancellationToken)
    {
        await using (change)
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            change.Connection = connection;
            if (await change.ExecuteNonQueryAsync(cancellationToken) == 0) return false;
            await Audit.NoteAsync(connection, by, action, batchId: null, new { schedule = name }, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        }
    }

    private static Schedule Read(NpgsqlDataReader reader) => new(
        reader.GetString("name"), reader.GetString("cron"), reader.GetString("time_zone"), reader.GetString("manifest"), BatchTemplate.Parse(reader.GetString("template")),
        reader.Time("armed_at"))
    {
        Overlap = Enum.Parse<ScheduleOverlap>(reader.GetString("overlap"), ignoreCase: true),
        Deadline = reader.TextOrNull("deadline"),
        IsPaused = reader.GetBoolean("is_paused"),
        ManifestVersion = reader.TextOrNull("manifest_version"),
    };

    private static ScheduleRun ReadRun(NpgsqlDataReader reader) => new(
        reader.GetInt64("id"), reader.GetString("schedule"), reader.Time("scheduled_at"), reader.GetBoolean("is_manual"),
        Enum.Parse<ScheduleRunState>(reader.GetString("state"), ignoreCase: true), reader.GetString("batch_id"), reader.GetInt16("tries"))
    {
        Detail = reader.TextOrNull("detail"),
        Problems = reader.GetFieldValue<string[]>("problems"),
        Warnings = reader.GetFieldValue<string[]>("warnings"),
        ManifestVersion = reader.TextOrNull("manifest_version"),
        IsUnchanged = reader.GetBoolean("is_unchanged"),
    };
}
