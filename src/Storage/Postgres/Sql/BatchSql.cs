namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about batches.</summary>
internal static class BatchSql
{
    private const string Columns = "b.id, b.name, b.state, b.reason, b.detail, b.priority, b.created_at, b.finished_at";

    public const string Create = """
        -- name: Batch.Create
        with budgeted as (insert into budget (scope, spent_usd) select 'batch:' || $1, 0 where $9::numeric is not null)
        insert into batch (id, name, state, priority, prompt, options, tags, on_unknown, max_attempts, max_cost_usd, reuse, probe_every,
                           max_images_per_minute, max_in_flight, window_from, window_to, window_zone)
        values ($1, $2, 'importing', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        """;

    // The trigger is batch_news.
    public const string Listen = """
        -- name: Batch.Listen
        listen darkroom_news
        """;

    public const string SetTelling = """
        -- name: Batch.SetTelling
        update batch set deadline = $2, webhook_url = $3 where id = $1
        """;

    public const string CopyItems = """
        copy item (batch_id, key, model, input, prompt, options, output_name, tags, canary, fingerprint, not_before) from stdin (format binary)
        """;

    public const string SetFetchedBy = """
        -- name: Batch.SetFetchedBy
        update batch set fetched_by = $2 where id = $1
        """;

    public const string OpenImported = """
        -- name: Batch.OpenImported
        with tallied as (insert into batch_tally (batch_id, pending) values ($1, $2))
        update batch set state = 'queued', item_count = $2, canary = $3, duplicates = $4 where id = $1
        """;

    public const string Get = $"""
        -- name: Batch.Get
        select {Columns} from batch b where b.id = $1
        """;

    public const string List = $"""
        -- name: Batch.List
        select {Columns} from batch b order by b.created_at desc, b.id desc limit $1
        """;

    public const string Results = """
        -- name: Batch.Results
        select i.id, i.key, i.state, i.attempts, i.error, source.batch_id || '/' || source.key,
               coalesce((select jsonb_agg(jsonb_build_object('n', o.number, 'path', o.path, 'bytes', o.bytes, 'sha256', o.sha256,
                                                             'format', o.format, 'width', o.width, 'height', o.height) order by o.number)
                         from output o where o.item_id = coalesce(i.reused_from, i.id)), '[]'::jsonb),
               l.input_text, l.input_image, l.output_text, l.output_image, l.cost, l.unconfirmed, l.unpriced,
               (select replace(a.trace_id::text, '-', '') from attempt a where a.item_id = i.id and a.number = i.calls),
               l.estimated
        from item i
        left join item source on source.id = i.reused_from
        cross join lateral (
            select coalesce(sum(input_text_tokens) filter (where kind <> 'unconfirmed'), 0)::bigint as input_text,
                   coalesce(sum(input_image_tokens) filter (where kind <> 'unconfirmed'), 0)::bigint as input_image,
                   coalesce(sum(output_text_tokens) filter (where kind <> 'unconfirmed'), 0)::bigint as output_text,
                   coalesce(sum(output_image_tokens) filter (where kind <> 'unconfirmed'), 0)::bigint as output_image,
                   coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed'), 0) as cost,
                   coalesce(sum(cost_usd) filter (where kind = 'unconfirmed'), 0) as unconfirmed,
                   coalesce(sum(cost_usd) filter (where kind = 'estimated'), 0) as estimated,
                   count(*) filter (where cost_usd is null) as unpriced
            from ledger where item_id = i.id) l
        where i.batch_id = $1
        order by i.id
        """;

    public const string LockForAction = """
        -- name: Batch.LockForAction
        select state from batch where id = $1 for update
        """;

    public const string SetState = """
        -- name: Batch.SetState
        update batch set state = $2, reason = $3, detail = $4, canary = canary and $2 not in ('completed', 'completed_with_errors', 'canceled'),
                         finished_at = case when $2 in ('completed', 'completed_with_errors', 'canceled') then now() end
        where id = $1
        """;

    // The account of a batch that had no budget opens with what it has cost.
    public const string SetMaxCost = """
        -- name: Batch.SetMaxCost
        with opened as (
            insert into budget (scope, spent_usd)
            select 'batch:' || $1, (select coalesce(sum(cost_usd), 0) from ledger where batch_id = $1) on conflict do nothing)
        update batch set max_cost_usd = $2 where id = $1
        """;

    public const string EndCanary = """
        -- name: Batch.EndCanary
        update batch set canary = false where id = $1
        """;

    public const string CancelItems = """
        -- name: Batch.CancelItems
        update item set state = 'canceled', finished_at = now() where batch_id = $1 and state = 'pending' and lease_owner is null
        """;

    // Of equal rows one goes first, as at the import, unless one is open already.
    public const string RetryItems = """
        -- name: Batch.RetryItems
        with merges as materialized (select reuse <> 'none' and duplicates > 0 as rows from batch where id = $1),
        open as materialized (
            select distinct i.fingerprint from item i, merges m where m.rows and i.batch_id = $1 and i.state in ('pending', 'sending') and i.fingerprint is not null),
        again as materialized (
            select i.id, m.rows and i.fingerprint is not null
                         and (o.fingerprint is not null or row_number() over (partition by i.fingerprint order by i.id) > 1) as waits
            from merges m cross join item i left join open o on o.fingerprint = i.fingerprint
            where i.batch_id = $1 and i.state = any ($2)
              and ($3::text is null or (i.error ->> 'class') || '/' || coalesce(i.error ->> 'code', '') = $3) and ($4::bigint[] is null or i.id = any ($4)))
        update item i set state = 'pending', attempts = 0, unknowns = 0, unsent = 0, error = null, finished_at = null,
                          not_before = case when a.waits then 'infinity'::timestamptz else '-infinity' end
        from again a where i.id = a.id
        """;

    // One that asks for the same as an open row waits for it, as at the import; with another prompt it asks for something else.
    public const string RetryItem = """
        -- name: Batch.RetryItem
        update item i set state = 'pending', attempts = 0, unknowns = 0, unsent = 0, error = null, finished_at = null,
                          prompt = coalesce($2, i.prompt), fingerprint = case when $2 is null then i.fingerprint end,
                          not_before = case when $2 is null and b.reuse <> 'none' and b.duplicates > 0 and exists (
                              select from item o where o.batch_id = i.batch_id and o.state in ('pending', 'sending') and o.fingerprint = i.fingerprint)
                              then 'infinity'::timestamptz else '-infinity' end
        from batch b
        where i.id = $1 and b.id = i.batch_id and i.state in ('failed', 'held', 'rejected')
        """;

    // Paid for again on purpose. With another prompt it asks for something else, so it isn't an edit that others could reuse.
    public const string RedoItem = """
        -- name: Batch.RedoItem
        with again as (
            update item i set state = 'pending', attempts = 0, unknowns = 0, unsent = 0, error = null, finished_at = null, reused_from = null, pay_again = true,
                              prompt = coalesce($2, i.prompt), fingerprint = case when $2 is null then i.fingerprint end, edit_key = null, source_version = null,
                              not_before = '-infinity'
            where i.id = $1 and i.state in ('succeeded', 'reused')
            returning i.id),
        replaced as (
            delete from output o using again a where o.item_id = a.id
            returning o.item_id, o.number, o.attempt_id, o.path, o.bytes, o.sha256, o.format, o.width, o.height),
        kept as (
            insert into former_output (item_id, number, attempt_id, path, bytes, sha256, format, width, height) select * from replaced)
        select id from again
        """;

    public const string FindSharer = """
        -- name: Batch.FindSharer
        select r.batch_id, r.key from item r where r.reused_from = $1 order by r.id limit 1
        """;

    public const string OfItem = """
        -- name: Batch.OfItem
        select batch_id from item where id = $1
        """;

    public const string Halt = """
        -- name: Batch.Halt
        update batch set state = 'halted', reason = $2, detail = $3 where id = $1 and state in ('queued', 'running')
        """;

    // A canary's end is the batch's end when there is nothing beyond it. One whose answers all ended alike, and none well, has nothing to approve.
    public const string TryFinish = """
        -- name: Batch.TryFinish
        with rest as materialized (select exists (select from item where batch_id = $1 and state in ('pending', 'sending')) as is_open),
        alike as materialized (
            select case k.run when 1 then 'The only answered item of the sample didn''t succeed: ' else format('All %s answered items of the sample ended alike, and none succeeded: ', k.run) end
                   || k.said || ' ' || $3 as why
            from breaker k where k.batch_id = $1 and k.is_first and k.run > 0),
        ended as (
            update batch b set
                canary = b.canary and rest.is_open,
                finished_at = case when not rest.is_open then now() end,
                reason = case when rest.is_open then case when alike.why is null then 'canary' else 'refused_alike' end end,
                detail = case when rest.is_open then coalesce(alike.why, $2) end,
                state = case
                    when rest.is_open and alike.why is null then 'awaiting_approval'
                    when rest.is_open then 'halted'
                    when exists (select from item where batch_id = $1 and state in ('rejected', 'failed', 'held', 'canceled')) then 'completed_with_errors'
                    else 'completed' end
            from rest left join alike on true
            where b.id = $1 and b.state = 'running'
              and case when b.canary then not exists (select from item where batch_id = $1 and canary and state in ('pending', 'sending')) else not rest.is_open end
            returning b.state, b.detail)
        update breaker k set tripped = true, said = e.detail from ended e where k.batch_id = $1 and e.state = 'halted'
        """;
}
