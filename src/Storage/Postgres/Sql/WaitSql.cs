namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statement about what batches wait for.</summary>
internal static class WaitSql
{
    /// <remarks>
    /// The earliest items come from the indexes of claimable items. Of a budget the next call's worst case is taken from what calls in flight have reserved, else from the estimate.
    /// </remarks>
    public const string Signs = """
        -- name: Wait.Signs
        select b.id, b.state, clock_timestamp() as at, b.window_from, b.window_to, b.window_zone,
               batch_opens_in(b.window_from, b.window_to, b.window_zone, clock_timestamp()) as opens_in,
               case when b.state = 'halted' then b.halted_at + b.probe_every end as next_probe, b.reason, n.not_before,
               exists (select from item i where i.batch_id = b.id and i.lease_owner is not null) as has_leased,
               exists (select from item i join process p on p.id = i.lease_owner and p.lease_until > clock_timestamp()
                       where i.batch_id = b.id and i.lease_owner is not null and i.state = 'pending') as has_ready,
               exists (select from item i join process p on p.id = i.lease_owner and p.lease_until > clock_timestamp()
                       where i.batch_id = b.id and i.lease_owner is not null and i.state = 'sending') as has_calls,
               b.state = 'running' and exists (select from process p where (p.takes_batches or p.id = b.job_process_id) and p.lease_until > clock_timestamp()) as is_taken,
               (select count(*) from process where takes_batches and lease_until > clock_timestamp()) as workers,
               exists (select from process p join item i on i.lease_owner = p.id and i.batch_id <> b.id where p.takes_batches and p.lease_until > clock_timestamp()) as has_rivals,
               array(select e.model from batch_estimate e where e.batch_id = b.id union select n.model where n.model is not null
                     union (select i.model from item i where i.batch_id = b.id and i.lease_owner is not null limit 1)) as models,
               coalesce(n.error, (select a.error from attempt a where a.item_id = n.id order by a.number desc limit 1)) ->> 'message' as last_error,
               t.name as budget, t.cap, t.spent_usd, t.reserved_usd
        from batch b
        left join lateral (
            (select i.id, i.model, i.not_before, i.error from item i
             where not b.canary and i.batch_id = b.id and i.state = 'pending' and i.lease_owner is null and i.not_before < 'infinity' order by i.not_before, i.id limit 1)
            union all
            (select i.id, i.model, i.not_before, i.error from item i
             where b.canary and i.canary and i.batch_id = b.id and i.state = 'pending' and i.lease_owner is null and i.not_before < 'infinity' order by i.not_before, i.id limit 1)) n on true
        left join lateral (
            select s.name, s.cap, u.spent_usd, u.reserved_usd
            from (values ('batch', 'batch:' || b.id, b.max_cost_usd), ('day', 'day:' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD'), @day_cap::numeric),
                         ('month', 'month:' || to_char(now() at time zone 'UTC', 'YYYY-MM'), @month_cap::numeric)) as s (name, scope, cap)
            join budget u on u.scope = s.scope
            where s.cap is not null and u.reserved_usd > 0 and u.spent_usd + u.reserved_usd + coalesce(
                      (select max(a.reserved_usd) from item i join attempt a on a.item_id = i.id and a.number = i.calls where i.batch_id = b.id and i.lease_owner is not null and i.state = 'sending'),
                      (select sum(e.worst_usd) / nullif(sum(e.items - e.unpriced), 0) from batch_estimate e where e.batch_id = b.id)) > s.cap
            order by s.cap - u.spent_usd - u.reserved_usd limit 1) t on true
        where b.id = any (@batch_ids) and (b.state in ('queued', 'running') or b.state = 'halted' and b.probe_every is not null)
        """;
}
