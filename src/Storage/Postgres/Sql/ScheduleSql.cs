namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about schedules and their runs.</summary>
internal static class ScheduleSql
{
    private const string Columns = "s.name, s.cron, s.time_zone, s.manifest, s.template, s.armed_at, s.overlap, s.deadline, s.is_paused, s.manifest_version";

    private const string RunColumns =
        "r.id, r.schedule, r.scheduled_at, r.is_manual, r.state, r.batch_id, r.tries, r.detail, r.problems, r.warnings, r.manifest_version, r.is_unchanged";

    // A run is open while it waits or starts, and then as long as its batch: one that is halted, too, since a second one would halt likewise.
    private const string OpenRuns = """
        from schedule_run o left join batch b on b.id = o.batch_id
        where o.state in ('queued', 'starting') or o.state = 'started' and b.state not in ('completed', 'completed_with_errors', 'canceled')
        """;

    public const string Add = """
        -- name: Schedule.Add
        insert into schedule as s (name, cron, time_zone, manifest, template, overlap, deadline, armed_at)
        values (@name, @cron, @time_zone, @manifest, @template, @overlap, @deadline, @armed_at)
        on conflict (name) do update set cron = excluded.cron, time_zone = excluded.time_zone, manifest = excluded.manifest, template = excluded.template,
            overlap = excluded.overlap, deadline = excluded.deadline, armed_at = greatest(s.armed_at, excluded.armed_at), is_paused = false
        where @replace
        """;

    public const string Get = $"""
        -- name: Schedule.Get
        select {Columns} from schedule s where s.name = @name
        """;

    public const string List = $"""
        -- name: Schedule.List
        select {Columns} from schedule s order by s.name
        """;

    public const string Remove = """
        -- name: Schedule.Remove
        delete from schedule where name = @name
        """;

    // What passes during a pause isn't caught up. Pausing what is paused changes nothing.
    public const string SetPaused = """
        -- name: Schedule.SetPaused
        update schedule set is_paused = @is_paused, armed_at = case when is_paused and not @is_paused then greatest(armed_at, @now) else armed_at end where name = @name
        """;

    // Locks the schedule: runs of one are taken one after the other. The next statement sees what the one before did.
    public const string Arm = """
        -- name: Schedule.Arm
        update schedule set armed_at = @at where name = @name and not is_paused and armed_at < @at and cron = @cron and time_zone = @time_zone
        """;

    public const string LockForRun = """
        -- name: Schedule.LockForRun
        select from schedule where name = @name for update
        """;

    public const string Take = $"""
        -- name: Schedule.Take
        with open as materialized (select o.schedule, o.state, o.scheduled_at, o.batch_id, b.state as batch_state {OpenRuns}),
        first as materialized (select * from open where schedule = @name order by scheduled_at limit 1),
        fate as (
            select case when not exists (select from first) then 'starting'
                        when @overlap = 'queue' and not exists (select from open where schedule = @name and state = 'queued') then 'queued'
                        else 'skipped' end as state)
        insert into schedule_run as r (schedule, scheduled_at, is_manual, batch_id, state, detail)
        select @name, @at, @is_manual, @batch_id, f.state,
               case f.state
                   when 'starting' then null
                   else format('The run of %s isn''t done: %s.', (select to_char(scheduled_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') from first),
                               (select case state when 'started' then format('batch %s is %s', batch_id, batch_state) else format('it is %s', state) end from first)) end
        from fate f
        on conflict (schedule, scheduled_at) do nothing
        returning {RunColumns}
        """;

    public const string TakeWaiting = $"""
        -- name: Schedule.TakeWaiting
        with open as materialized (select o.id, o.schedule {OpenRuns})
        update schedule_run r set state = 'starting', taken_at = now(), tries = r.tries + 1, detail = null
        where r.id = (
            select w.id from schedule_run w
            where w.state = 'starting' and w.taken_at < now() - @taken_for
               or w.state = 'queued' and not exists (select from open o where o.schedule = w.schedule and o.id <> w.id)
            order by w.id limit 1 for update skip locked)
        returning {RunColumns}
        """;

    public const string WriteRun = """
        -- name: Schedule.WriteRun
        with written as (
            update schedule_run set state = @state, detail = @detail, problems = @problems, warnings = @warnings, manifest_version = coalesce(@manifest_version, manifest_version), is_unchanged = @is_unchanged
            where id = @id and state = 'starting'
            returning schedule, state, manifest_version)
        update schedule s set manifest_version = w.manifest_version
        from written w where s.name = w.schedule and w.state = 'started' and w.manifest_version is not null
        """;

    public const string ListRunsOf = $"""
        -- name: Schedule.ListRunsOf
        select {RunColumns} from unnest(@names::text[]) as s (name)
        cross join lateral (select * from schedule_run where schedule = s.name order by scheduled_at desc, id desc limit @limit) r
        order by r.schedule, r.scheduled_at desc, r.id desc
        """;

    public const string ListRuns = $"""
        -- name: Schedule.ListRuns
        select {RunColumns} from schedule_run r where r.schedule = @name order by r.scheduled_at desc, r.id desc limit @limit
        """;
}
