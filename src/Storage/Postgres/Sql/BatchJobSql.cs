namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about the jobs of batches.</summary>
internal static class BatchJobSql
{
    /// <remarks>
    /// A batch needs a job when it has none, or when the process that ran its job is dead. A batch whose job was enqueued or given back more than @lost_after ago and that nobody runs
    /// has lost its job, if the asking worker has a place free (@has_free_place): else it only waits for one. A running batch outside its hours needs none.
    /// A halted batch that is due to try a single call is queued here; the next look finds it.
    /// Live processes are listed first and not joined: when another worker changed the row meanwhile, PostgreSQL looks at its new values again, but not at a joined row.
    /// </remarks>
    public const string TakeMissing = """
        -- name: BatchJob.TakeMissing
        with probed as (
            update batch set state = 'queued', probing = true, detail = 'Trying a single call after a halt. ' || coalesce(detail, '')
            where state = 'halted' and probe_every is not null and halted_at + probe_every < now()),
        missing as materialized (
            select b.id from batch b
            where b.state in ('queued', 'running')
              and case when b.job_process_id is not null then b.job_process_id <> all (array(select id from process where lease_until > now()))
                       else b.job_at is null or @has_free_place and b.job_at < now() - @lost_after end
              and (b.state = 'queued' or batch_opens_in(b.window_from, b.window_to, b.window_zone, now()) = 0)
            order by b.priority desc, b.created_at
            for update skip locked)
        update batch b set job_process_id = null, job_at = now() from missing m where b.id = m.id
        returning b.id, b.priority, b.created_at
        """;

    public const string Forget = """
        -- name: BatchJob.Forget
        update batch set job_at = null where id = any (@batch_ids) and job_process_id is null
        """;

    public const string Begin = """
        -- name: BatchJob.Begin
        update batch b set job_process_id = @process_id, job_at = now()
        where b.id = @batch_id and b.state in ('queued', 'running')
          and coalesce(b.job_process_id <> all (array(select id from process where lease_until > now() and id <> @process_id)), true)
        """;

    public const string Open = """
        -- name: BatchJob.Open
        update batch set state = 'running' where id = @batch_id and state = 'queued'
        """;

    /// <remarks>A batch that was resumed or retried while its last job still ended needs a new one at once.</remarks>
    public const string End = """
        -- name: BatchJob.End
        with ended as (
            update batch set job_process_id = null, job_at = null where id = @batch_id and job_process_id = @process_id returning id, state)
        select pg_notify('darkroom_news', id) from ended where state in ('queued', 'running')
        """;

    public const string GiveBack = """
        -- name: BatchJob.GiveBack
        update batch set job_process_id = null, job_at = now() where id = @batch_id and job_process_id = @process_id
        """;

    public const string ListOpen = """
        -- name: BatchJob.ListOpen
        select b.id, b.name, b.state, b.item_count::bigint as items,
               (select count(*) from item i where i.batch_id = b.id and i.state not in ('pending', 'sending')) as ended
        from batch b where b.state in ('queued', 'running')
        """;

    public const string Find = """
        -- name: BatchJob.Find
        select b.id, b.name, b.state, b.item_count::bigint as items, null::bigint as ended from batch b where b.id = @batch_id
        """;
}
