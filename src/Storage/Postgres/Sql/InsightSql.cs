namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements behind <see cref="PostgresBatchInsight"/>.</summary>
internal static class InsightSql
{
    public const string Terms = """
        -- name: Insight.Terms
        select b.id, b.max_cost_usd, e.expected, coalesce(u.reserved_usd, 0), b.deadline, b.tags, coalesce(e.models, '{}')
        from batch b
        left join lateral (
            select case when count(*) filter (where unpriced < items) > 0 then sum(expected_usd) end as expected, array_agg(distinct model) as models
            from batch_estimate where batch_id = b.id) e on true
        left join budget u on u.scope = 'batch:' || b.id
        where b.id = any ($1)
        """;

    /// <remarks>Steps end now, so that the last one is whole. What isn't folded yet is in the changes (migrations/0004_changes.sql).</remarks>
    public const string Paces = """
        -- name: Insight.Paces
        select b.id, now() - interval '5 minutes', (floor(extract(epoch from p.at - (now() - interval '5 minutes')) / 10))::int, sum(p.ended)::bigint
        from unnest($1::text[]) as b (id)
        cross join lateral (
            select at, ended from batch_pace where batch_id = b.id and at > now() - interval '5 minutes'
            union all
            select at, succeeded + reused + rejected + failed + held + canceled from batch_change where batch_id = b.id and at > now() - interval '5 minutes') p
        where p.at <= now()
        group by 1, 2, 3 having sum(p.ended) > 0
        """;

    /// <remarks>A batch of less than ten minutes has steps shorter than those that are kept, and few items.</remarks>
    public const string History = """
        -- name: Insight.History
        with span as materialized (
            select s.id, s.to_at - make_interval(secs => 60 * s.step) as from_at, s.to_at, s.step
            from (select b.id, coalesce(b.finished_at, now()) as to_at,
                         least(60, greatest(extract(epoch from coalesce(b.finished_at, now()) - b.created_at) / 60, 1))::double precision as step
                  from batch b where b.id = $1) s),
        parts as (
            select p.* from span s cross join lateral (
                select at, ended, cost_usd from batch_pace where batch_id = s.id and at > s.from_at - interval '10 seconds'
                union all
                select at, succeeded + reused + rejected + failed + held + canceled, cost_usd from batch_change where batch_id = s.id offset 0) p
            where s.step >= 10
            union all
            select p.* from span s cross join lateral (select i.finished_at, 1, 0 from item i where i.batch_id = s.id and i.finished_at >= s.from_at offset 0) p where s.step < 10
            union all
            select p.* from span s cross join lateral (select l.at, 0, l.cost_usd from ledger l where l.batch_id = s.id and l.kind <> 'unconfirmed' offset 0) p where s.step < 10),
        summed as (
            select least(59, greatest(0, floor(extract(epoch from p.at - s.from_at) / s.step)))::int as at, greatest(0, sum(p.ended))::bigint as items, coalesce(sum(p.cost_usd), 0) as usd
            from span s join parts p on p.at <= s.to_at + interval '10 seconds' group by 1)
        select s.from_at, s.step, m.at, coalesce(m.items, 0), coalesce(m.usd, 0) from span s left join summed m on true
        """;

    public const string Spending = """
        -- name: Insight.Spending
        with month as materialized (
            select coalesce(sum(cost_usd) filter (where day >= (now() at time zone 'UTC')::date), 0) as today, coalesce(sum(cost_usd), 0) as month,
                   coalesce(sum(unconfirmed_usd), 0) as unconfirmed, coalesce(sum(unpriced), 0)::bigint as unpriced, coalesce(sum(estimated_usd), 0) as estimated
            from (select day, cost_usd, estimated_usd, unconfirmed_usd, unpriced from spend where tags is null and day >= date_trunc('month', now() at time zone 'UTC')::date
                  union all
                  select day, cost_usd, estimated_usd, unconfirmed_usd, unpriced from spend_change where day >= date_trunc('month', now() at time zone 'UTC')::date) s),
        open as materialized (select id from batch where finished_at is null and state <> 'importing')
        select m.today, m.month, m.unconfirmed, m.unpriced,
               coalesce((select reserved_usd from budget where scope = 'day:' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD')), 0),
               coalesce((select sum(e.expected_usd) from batch_estimate e join open o on o.id = e.batch_id), 0),
               coalesce((select sum(t.cost_usd) from batch_tally t join open o on o.id = t.batch_id), 0)
                   + coalesce((select sum(c.cost_usd) from batch_change c join open o on o.id = c.batch_id), 0),
               (select count(*) from open), m.estimated
        from month m
        """;

    /// <remarks>Of the day and the month ($1 and $2 cap them) what was spent is known from the ledger until a first call asks for its place in the budget.</remarks>
    public const string Budgets = """
        -- name: Insight.Budgets
        select scope, id, name, cap, spent, unconfirmed, reserved, estimated
        from (select c.scope, c.rank, null::timestamptz as created_at, null as id, null as name, c.cap,
                     coalesce(u.spent_usd, s.spent) as spent, s.unconfirmed, coalesce(u.reserved_usd, 0) as reserved, s.estimated
              from (values ('day', 0, 'day:' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD'), (now() at time zone 'UTC')::date, $1::numeric),
                           ('month', 1, 'month:' || to_char(now() at time zone 'UTC', 'YYYY-MM'), date_trunc('month', now() at time zone 'UTC')::date, $2::numeric))
                   as c (scope, rank, key, since, cap)
              left join budget u on u.scope = c.key
              cross join lateral (
                  select coalesce(sum(cost_usd + unconfirmed_usd), 0) as spent, coalesce(sum(unconfirmed_usd), 0) as unconfirmed, coalesce(sum(estimated_usd), 0) as estimated
                  from (select cost_usd, estimated_usd, unconfirmed_usd from spend where tags is null and day >= c.since
                        union all
                        select cost_usd, estimated_usd, unconfirmed_usd from spend_change where day >= c.since) d) s
              where c.cap is not null
              union all
              (select 'batch', 2, b.created_at, b.id, b.name, b.max_cost_usd, coalesce(u.spent_usd, 0),
                      coalesce(t.unconfirmed_usd, 0) + coalesce((select sum(c.unconfirmed_usd) from batch_change c where c.batch_id = b.id), 0), coalesce(u.reserved_usd, 0),
                      coalesce(t.estimated_usd, 0) + coalesce((select sum(c.estimated_usd) from batch_change c where c.batch_id = b.id), 0)
               from batch b left join budget u on u.scope = 'batch:' || b.id left join batch_tally t on t.batch_id = b.id
               where b.finished_at is null and b.max_cost_usd is not null
               order by b.created_at desc limit 100)) x
        order by rank, created_at desc
        """;

    /// <remarks>From what batches add up to, so a row a batch: no item is looked at. Items whose price isn't known don't make the others cheaper.</remarks>
    public const string Reuse = """
        -- name: Insight.Reuse
        select coalesce(sum(reused), 0)::bigint, sum(reused) * (sum(cost_usd) / nullif(greatest(sum(succeeded) - sum(unpriced), 0), 0))
        from (select reused, succeeded, cost_usd, unpriced from batch_tally union all select reused, succeeded, cost_usd, unpriced from batch_change) s
        """;

    public const string Yield = """
        -- name: Insight.Yield
        select coalesce(sum(images), 0)::bigint, coalesce(sum(cost_usd), 0), coalesce(sum(fruitless_usd), 0)
        from (select images, cost_usd, fruitless_usd from spend where tags is null and day between $1 and $2
              union all
              select images, cost_usd, fruitless_usd from spend_change where day between $1 and $2) s
        """;

    public const string Processes = """
        -- name: Insight.Processes
        select p.id, p.host, p.pid, p.version, p.takes_batches, p.started_at, case when p.lease_until > now() then extract(epoch from p.lease_until - now()) else 0 end::double precision,
               (select count(*) from batch b where b.job_process_id = p.id and b.state in ('queued', 'running')),
               (select count(*) from (select from batch b join item i on i.batch_id = b.id and i.lease_owner = p.id where b.finished_at is null limit 10000) i)
        from process p where p.lease_until > now() - interval '1 day' or p.lease_until = '-infinity' and p.started_at > now() - interval '1 day'
        order by p.lease_until > now() desc, p.id desc limit 200
        """;
}
