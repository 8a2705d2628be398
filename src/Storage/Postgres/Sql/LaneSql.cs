namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about lanes.</summary>
internal static class LaneSql
{
    // One process at a time plans, and the others wait for it, but not for one that is frozen. A statement of its own: the next one sees what the last
    // planner did.
    public const string TakeTurn = """
        -- name: Lane.TakeTurn
        select set_config('lock_timeout', '500ms', true) <> '' and pg_advisory_xact_lock(7240891)::text = ''
        """;

    // Whether planning could find anything: all that an idle worker asks.
    public const string HasWork = """
        -- name: Lane.HasWork
        select exists (select from batch where state = 'running' or state = 'halted' and probe_every is not null and halted_at + probe_every < now())
            or exists (select from item i left join process p on p.id = i.lease_owner where i.lease_owner is not null and (p.id is null or p.lease_until < now()))
        """;

    public const string Plan = """
        -- name: Lane.Plan
        with recursive lease (batch_id, owner) as (
            -- From one to the next through the index, not by reading all that is leased.
            (select i.batch_id, i.lease_owner from item i where i.lease_owner is not null order by i.batch_id, i.lease_owner limit 1)
            union all
            select n.batch_id, n.lease_owner from lease l cross join lateral (
                select i.batch_id, i.lease_owner from item i where i.lease_owner is not null and (i.batch_id, i.lease_owner) > (l.batch_id, l.owner)
                order by i.batch_id, i.lease_owner limit 1) n),
        probed as (
            update batch set state = 'running', probing = true, detail = 'Trying a single call after a halt. ' || coalesce(detail, '')
            where state = 'halted' and probe_every is not null and halted_at + probe_every < now()),
        alive as materialized (select id from process where takes_lanes and lease_until > now()),
        live as materialized (
            select l.batch_id, count(*) as lanes from lane l
            where l.state = 'queued' and l.queued_at > now() - $1 or l.state = 'running' and l.process_id in (select id from process where lease_until > now())
            group by l.batch_id),
        work as materialized (
            select b.id, b.priority, b.created_at,
                   (select count(*) from (select from item i where i.batch_id = b.id and i.state = 'pending' and i.lease_owner is null and i.not_before <= now()
                                          limit 2000) i) as due
            from batch b where b.state = 'running' and batch_opens_in(b.window_from, b.window_to, b.window_zone, now()) = 0
            union
            select b.id, b.priority, b.created_at, 1
            from lease l join batch b on b.id = l.batch_id left join process p on p.id = l.owner
            where p.id is null or p.lease_until < now()),
        unfinished as (
            select w.id, w.priority, w.created_at, max(greatest(w.due, 1)) as due from work w group by w.id, w.priority, w.created_at),
        wanted as (
            select u.id, u.priority, u.created_at,
                   least((select count(*) from alive), 1 + u.due / 10) - coalesce(live.lanes, 0) as lanes
            from unfinished u left join live on live.batch_id = u.id),
        planned as (
            insert into lane (batch_id)
            -- One at a time: whoever plans it looks into the engine at once, and a second one would be of no use to it. Each process plans its own.
            select w.id from wanted w
            where w.lanes > 0 and not exists (select from lane o where o.batch_id = w.id and o.process_id = $2 and o.state = 'running')
            order by w.priority desc, w.created_at
            returning id, batch_id)
        select p.id, p.batch_id, b.priority from planned p join batch b on b.id = p.batch_id order by b.priority desc, p.id
        """;

    public const string Start = """
        -- name: Lane.Start
        update lane l set state = 'running', process_id = $2, started_at = now()
        where l.id = $1 and l.state <> 'ended'
          and (l.state = 'queued' or l.process_id = $2 or not exists (select from process p where p.id = l.process_id and p.lease_until > now()))
          and not exists (select from lane o where o.batch_id = l.batch_id and o.process_id = $2 and o.state = 'running' and o.id <> l.id)
        returning l.batch_id
        """;

    public const string StartOwn = """
        -- name: Lane.StartOwn
        insert into lane (batch_id, state, process_id, started_at) values ($1, 'running', $2, now()) returning id
        """;

    public const string End = """
        -- name: Lane.End
        update lane set state = 'ended', ended_at = now() where id = $1 and state <> 'ended'
        """;

    public const string Decline = """
        -- name: Lane.Decline
        with declined as (
            update lane l set state = 'ended', ended_at = now()
            where l.id = $1 and l.state <> 'ended'
              and (l.state = 'queued' or not exists (select from process p where p.id = l.process_id and p.lease_until > now()))
            returning l.batch_id)
        select pg_notify('darkroom_news', batch_id) from declined
        """;

    /// <remarks>As the trigger of migrations/0015_news.sql does.</remarks>
    public const string Tell = """
        -- name: Lane.Tell
        select pg_notify('darkroom_news', $1)
        """;

    public const string Requeue = """
        -- name: Lane.Requeue
        update lane set state = 'queued', process_id = null, queued_at = now() where id = $1 and state = 'running'
        """;
}
