using Darkroom.Jobs.Browsing;

namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements behind lists and pages.</summary>
internal static class BrowseSql
{
    public const string Batches = $"""
        -- name: Browse.Batches
        {WantedBatches}
          and ($4::timestamptz is null or (b.created_at, b.id) < ($4, $5::text))
        order by b.created_at desc, b.id desc limit $6
        """;

    public const string OldestBatches = $"""
        -- name: Browse.OldestBatches
        {WantedBatches}
          and ($4::timestamptz is null or (b.created_at, b.id) > ($4, $5::text))
        order by b.created_at, b.id limit $6
        """;

    /// <remarks>
    /// By what batches add up to, a row a batch: no item is looked at. Sums change between pages, so a batch may move over the border of two.
    /// </remarks>
    public static string BatchesBy(BatchSort sort)
    {
        var key = sort switch
        {
            BatchSort.Cost => "cost_usd",
            BatchSort.Left => "pending + sending",
            BatchSort.Problems => "rejected + failed + held",
            _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, message: null),
        };
        return $"""
            -- name: Browse.BatchesBy
            with sums as materialized (
                select batch_id, sum(key) as key
                from (select batch_id, {key} as key from batch_tally union all select batch_id, {key} as key from batch_change) parts
                group by batch_id),
            found as (
                {WantedBatches})
            select f.*, coalesce(s.key, 0)::numeric from found f left join sums s on s.batch_id = f.id
            where $4::numeric is null or (coalesce(s.key, 0), f.id) < ($4, $5::text)
            order by coalesce(s.key, 0) desc, f.id desc limit $6
            """;
    }

    public const string BatchesById = """
        -- name: Browse.BatchesById
        select b.id, b.name, b.state, b.reason, b.detail, b.priority, b.created_at, b.finished_at from batch b where b.id = any ($1)
        """;

    public const string CountBatches = """
        -- name: Browse.CountBatches
        select state, count(*) from batch group by state
        """;

    /// <remarks>Steps from reason to reason through the index, and counts each up to a bound.</remarks>
    public const string Reasons = """
        -- name: Browse.Reasons
        with recursive reason (value) as (
            (select (error ->> 'class') || '/' || coalesce(error ->> 'code', '') from item
             where batch_id = $1 and state in ('rejected', 'failed', 'held')
             order by (error ->> 'class') || '/' || coalesce(error ->> 'code', '') limit 1)
            union all
            select (select (i.error ->> 'class') || '/' || coalesce(i.error ->> 'code', '') from item i
                    where i.batch_id = $1 and i.state in ('rejected', 'failed', 'held')
                      and (i.error ->> 'class') || '/' || coalesce(i.error ->> 'code', '') > r.value
                    order by (i.error ->> 'class') || '/' || coalesce(i.error ->> 'code', '') limit 1)
            from reason r where r.value is not null)
        select r.value, first.message, counted.items
        from (select value from reason where value is not null limit $2) r
        cross join lateral (
            select coalesce(error ->> 'message', '') as message from item
            where batch_id = $1 and state in ('rejected', 'failed', 'held') and (error ->> 'class') || '/' || coalesce(error ->> 'code', '') = r.value
            limit 1) first
        cross join lateral (
            select count(*) as items from (
                select from item
                where batch_id = $1 and state in ('rejected', 'failed', 'held') and (error ->> 'class') || '/' || coalesce(error ->> 'code', '') = r.value
                limit $3) x) counted
        order by counted.items desc, r.value
        """;

    /// <remarks>
    /// Each state's rows come in order from their index; a page never reads more than its window of rows a state, whatever is searched for. The id that ends the
    /// window is in every row, and in a row by itself where nothing was found.
    /// </remarks>
    public const string Items = $"""
        -- name: Browse.Items
        with window_ids as materialized (
            select w.id from unnest($2::text[]) as s (state)
            cross join lateral (select id from item where batch_id = $1 and state = s.state and id > $3 order by id limit $4) w
            order by w.id limit $4),
        {Found}
        """;

    public const string ItemsByReason = $"""
        -- name: Browse.ItemsByReason
        with window_ids as materialized (
            select id from item
            where batch_id = $1 and state in ('rejected', 'failed', 'held') and state = any ($2)
              and (error ->> 'class') || '/' || coalesce(error ->> 'code', '') = $8 and id > $3
            order by id limit $4),
        {Found}
        """;

    /// <remarks>Those that are made again are looked for as far as the page goes only.</remarks>
    public const string Images = $"""
        -- name: Browse.Images
        with good as materialized (
            select w.id from unnest(array['succeeded', 'reused']) as s (state)
            cross join lateral (select id from item where batch_id = $1 and state = s.state and id > $2 order by id limit $3) w
            order by w.id limit $3),
        again as materialized (
            select id from item
            where batch_id = $1 and pay_again and state not in ('succeeded', 'reused') and id > $2
              and id < coalesce((select max(id) from good having count(*) = $3), 9223372036854775807)
            order by id limit $3)
        select 0::bigint, null::bigint, {Columns}
        from (select id from good union all select id from again order by id limit $3) p join item i on i.id = p.id
        order by i.id
        """;

    /// <remarks>Steps from reason to reason through the index, as <see cref="Reasons"/> does: the class is how a reason begins, and collations don't sort by that.</remarks>
    public const string Refusals = $"""
        -- name: Browse.Refusals
        with recursive reason (value) as (
            (select (error ->> 'class') || '/' || coalesce(error ->> 'code', '') from item
             where batch_id = $1 and state in ('rejected', 'failed', 'held')
             order by (error ->> 'class') || '/' || coalesce(error ->> 'code', '') limit 1)
            union all
            select (select (i.error ->> 'class') || '/' || coalesce(i.error ->> 'code', '') from item i
                    where i.batch_id = $1 and i.state in ('rejected', 'failed', 'held')
                      and (i.error ->> 'class') || '/' || coalesce(i.error ->> 'code', '') > r.value
                    order by (i.error ->> 'class') || '/' || coalesce(i.error ->> 'code', '') limit 1)
            from reason r where r.value is not null),
        found as materialized (
            select w.id from (select value from reason where value is not null limit $5) r
            cross join lateral (
                select id from item
                where batch_id = $1 and state in ('rejected', 'failed', 'held') and state = 'rejected'
                  and (error ->> 'class') || '/' || coalesce(error ->> 'code', '') = r.value and id > $2
                order by id limit $3) w
            where starts_with(r.value, $4 || '/')
            order by w.id limit $3)
        select 0::bigint, null::bigint, {Columns}, i.calls from found f join item i on i.id = f.id
        order by i.id
        """;

    public const string ItemByKey = $"""
        -- name: Browse.ItemByKey
        select 0::bigint, null::bigint, {Columns} from item i where i.batch_id = $1 and i.key = $2
        """;

    public const string ItemsById = $"""
        -- name: Browse.ItemsById
        select 0::bigint, null::bigint, {Columns} from item i where i.id = any ($1)
        """;

    public const string Item = $"""
        -- name: Browse.Item
        select 0::bigint, null::bigint, {Columns}, i.options, source.key, i.input from item i left join item source on source.id = i.reused_from where i.id = $1
        """;

    /// <remarks>One step in each state's index, either way.</remarks>
    public const string Neighbours = """
        -- name: Browse.Neighbours
        select (select max(x.id) from unnest($2::text[]) as s (state)
                cross join lateral (select id from item where batch_id = $1 and state = s.state and id < $3 order by id desc limit 1) x),
               (select min(x.id) from unnest($2::text[]) as s (state)
                cross join lateral (select id from item where batch_id = $1 and state = s.state and id > $3 order by id limit 1) x)
        """;

    public const string Attempts = """
        -- name: Browse.Attempts
        select a.number, a.state, a.started_at, a.finished_at, a.http_status, a.request_id, a.error, a.usage, l.kind,
               coalesce(l.input_text_tokens, 0), coalesce(l.input_image_tokens, 0), coalesce(l.output_text_tokens, 0), coalesce(l.output_image_tokens, 0), l.cost_usd, replace(a.trace_id::text, '-', '')
        from attempt a left join ledger l on l.attempt_id = a.id
        where a.item_id = $1 order by a.number
        """;

    public const string Former = """
        -- name: Browse.Former
        select f.number, f.path, f.bytes, f.sha256, f.format, f.width, f.height, a.number, f.replaced_at
        from former_output f join attempt a on a.id = f.attempt_id
        where f.item_id = $1 and ($2::integer is null or a.number = $2 and f.number = $3)
        order by a.number desc, f.number limit $4
        """;

    private const string WantedBatches = """
        select b.id, b.name, b.state, b.reason, b.detail, b.priority, b.created_at, b.finished_at
        from batch b
        where (cardinality($1::text[]) = 0 or b.state = any ($1))
          and ($2::text is null or b.name ilike $2 or b.id ilike $2)
          and ($3::jsonb is null or b.tags @> $3)
        """;

    private const string Columns = """
        i.id, i.batch_id, i.key, i.state, i.model, i.prompt, i.attempts, i.tags,
        case when pg_column_size(i.input) < 8000 then i.input end,
        coalesce((select jsonb_agg(jsonb_build_object('n', o.number, 'path', o.path, 'bytes', o.bytes, 'sha256', o.sha256,
                                                      'format', o.format, 'width', o.width, 'height', o.height) order by o.number)
                  from output o where o.item_id = coalesce(i.reused_from, i.id)), '[]'::jsonb),
        i.error, i.finished_at
        """;

    private const string Found = $"""
        found as materialized (
            select i.id from window_ids w join item i on i.id = w.id
            where ($5::text is null or i.key ilike $5 or i.prompt ilike $5) and ($6::jsonb is null or i.tags @> $6)
            order by i.id limit $7)
        select e.rows, e.last, {Columns}
        from (select count(*) as rows, max(id) as last from window_ids) e
        left join found f on true left join item i on i.id = f.id
        order by i.id
        """;
}
