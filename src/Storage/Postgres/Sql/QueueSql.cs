namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements that look at the queue from outside.</summary>
internal static class QueueSql
{
    /// <remarks>What is due is counted along the index of claimable items, and not further than a person cares to know.</remarks>
    public const string Depth = """
        -- name: Queue.Depth
        select b.state, count(*) as batches,
               max(case when d.due > 0 then extract(epoch from now() - greatest(d.oldest, b.created_at)) end)::double precision as age,
               coalesce(sum(d.due), 0)::bigint as due
        from batch b
        left join lateral (
            select min(i.not_before) as oldest, count(*) as due from (
                select i.not_before from item i
                where b.state in ('queued', 'running') and i.batch_id = b.id and i.state = 'pending' and i.lease_owner is null and i.not_before <= now() and (i.canary or not b.canary)
                order by i.not_before, i.id limit 100000) i) d on true
        where b.finished_at is null
        group by b.state
        """;

    public const string LiveProcesses = """
        -- name: Queue.LiveProcesses
        select count(*) as processes from process where lease_until > now()
        """;
}
