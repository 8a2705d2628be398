namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about items that are worked on, and their attempts, outputs and ledger rows.</summary>
internal static class ItemSql
{
    /// <remarks>
    /// A process that was cut off from the database by its restart gets a whole lease time to come back, before others take its items: its calls are
    /// still under way, and taking them would pay for them twice. A batch with a canary gives its sample only. The ids are gathered in an array, since a join with three
    /// sets of unknown size makes the planner read the whole table: 280 ms instead of 1 ms at 300,000 items.
    /// </remarks>
    public const string Claim = """
        -- name: Item.Claim
        with quota as materialized (
            select q.batch_id, q.items, b.state = 'running' and not b.canary as running, b.state = 'running' and b.canary as canary
            from unnest($1::text[], $2::int[]) as q (batch_id, items) join batch b on b.id = q.batch_id),
        token as materialized (select nextval('lease_token') as value),
        expired as materialized (
            select i.id, i.batch_id from quota q cross join lateral (
                select i.id, i.batch_id from item i left join process p on p.id = i.lease_owner
                where i.batch_id = q.batch_id and i.lease_owner is not null
                  and (p.id is null or p.lease_until < now() and pg_postmaster_start_time() + $4 < now())
                limit q.items for update of i skip locked) i),
        fresh as materialized (
            select i.id from quota q cross join lateral (
                select i.id from item i
                where q.running and i.batch_id = q.batch_id and i.state = 'pending' and i.lease_owner is null and i.not_before <= now()
                order by i.not_before, i.id
                limit greatest(0, q.items - (select count(*) from expired e where e.batch_id = q.batch_id)) for update skip locked) i),
        sample as materialized (
            select i.id from quota q cross join lateral (
                select i.id from item i
                where q.canary and i.canary and i.batch_id = q.batch_id and i.state = 'pending' and i.lease_owner is null and i.not_before <= now()
                order by i.not_before, i.id
                limit greatest(0, q.items - (select count(*) from expired e where e.batch_id = q.batch_id)) for update skip locked) i)
        update item i set lease_owner = $3, lease_token = token.value
        from token, batch b
        where i.id = any (array (select id from expired union all select id from fresh union all select id from sample)) and b.id = i.batch_id
        returning i.id, i.batch_id, i.key, i.state, i.model, i.input, i.prompt, i.options, i.output_name, i.tags,
                  i.calls, i.attempts, i.unknowns, i.unsent, i.lease_token, b.on_unknown, b.max_attempts
        """;

    public const string BeginAttempts = """
        -- name: Item.BeginAttempts
        with input as (select * from unnest($1::bigint[], $2::bigint[]) as x (item_id, token)),
        moved as (
            update item i set state = 'sending', calls = i.calls + 1
            from input x, batch b
            where i.id = x.item_id and i.lease_token = x.token and i.state = 'pending' and b.id = i.batch_id and b.state = 'running'
            returning i.id, i.batch_id, i.calls)
        insert into attempt (item_id, batch_id, number, process_id)
        select id, batch_id, calls, $3 from moved
        returning item_id, id, number
        """;

    public const string GetOpenAttempt = """
        -- name: Item.GetOpenAttempt
        select a.id, a.number from attempt a join item i on i.id = a.item_id and a.number = i.calls where i.id = $1 and a.state = 'sending'
        """;

    public const string Complete = """
        -- name: Item.Complete
        with input as materialized (
            select * from jsonb_to_recordset($1) as x (
                item_id bigint, token bigint, next text, attempt_id bigint, attempt_state text, spends integer, unknown integer, unsent integer,
                delay double precision, http_status smallint, request_id text, error jsonb, attempt_error jsonb, usage jsonb,
                kind text, input_text bigint, input_image bigint, output_text bigint, output_image bigint, images integer, cost numeric, price_book text,
                halt_reason text, halt_detail text, outputs jsonb)),
        fenced as (
            update item i set
                state = n.state,
                finished_at = case when n.state in ('pending', 'sending') then null else now() end,
                not_before = case when n.state = 'pending' then now() + make_interval(secs => x.delay) else i.not_before end,
                attempts = i.attempts + x.spends,
                unknowns = i.unknowns + x.unknown,
                unsent = case when x.unsent = 1 then i.unsent + 1 else 0 end,
                error = x.error,
                lease_owner = null,
                lease_token = null
            from input x, batch b,
                 lateral (select case when x.next = 'pending' and b.state = 'canceled' then 'canceled' else x.next end as state) n
            where i.id = x.item_id and i.lease_token = x.token and b.id = i.batch_id
            returning i.id, i.batch_id, i.model, i.options ->> 'user' as "user", i.tags),
        ended as (
            update attempt a set
                state = x.attempt_state, finished_at = now(), http_status = x.http_status, request_id = x.request_id, error = x.attempt_error, usage = x.usage
            from input x join fenced f on f.id = x.item_id
            where a.id = x.attempt_id and a.state = 'sending'),
        stored as (
            insert into output (item_id, number, attempt_id, path, bytes, sha256, format, width, height)
            select f.id, o.number, x.attempt_id, o.path, o.bytes, o.sha256, o.format, o.width, o.height
            from input x join fenced f on f.id = x.item_id,
                 jsonb_to_recordset(x.outputs) as o (number smallint, path text, bytes bigint, sha256 text, format text, width integer, height integer)),
        booked as (
            insert into ledger (attempt_id, item_id, batch_id, kind, model, "user", tags, usage,
                                input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, images, cost_usd, price_book)
            select x.attempt_id, f.id, f.batch_id, x.kind, f.model, f."user", f.tags, x.usage,
                   x.input_text, x.input_image, x.output_text, x.output_image, x.images, x.cost, x.price_book
            from input x join fenced f on f.id = x.item_id
            where x.kind is not null),
        halted as (
            update batch b set state = 'halted', reason = x.halt_reason, detail = x.halt_detail
            from input x join item i on i.id = x.item_id
            where x.halt_reason is not null and b.id = i.batch_id and b.state = 'running')
        select id from fenced
        """;

    public const string Release = """
        -- name: Item.Release
        with freed as (
            update item i set lease_owner = null, lease_token = null,
                              state = case when b.state = 'canceled' then 'canceled' else 'pending' end,
                              finished_at = case when b.state = 'canceled' then now() end
            from unnest($1::bigint[], $2::bigint[]) as x (item_id, token), batch b
            where i.id = x.item_id and i.lease_token = x.token and b.id = i.batch_id
            returning i.id, i.calls)
        update attempt a set state = 'not_sent', finished_at = now(),
                             error = '{"class":"not_sent","code":"given_up","message":"The worker gave this call up before sending it."}'
        from freed f where a.item_id = f.id and a.number = f.calls and a.state = 'sending'
        """;

    // Nobody's process: no row has this id.
    public const string Disown = """
        -- name: Item.Disown
        update item set lease_owner = 0 where id = $1 and lease_token = $2
        """;

    public const string Outlook = """
        -- name: Item.Outlook
        select b.id, b.name, b.state, b.reason, b.detail, b.priority, b.created_at, b.finished_at,
               case when b.canary
                   then (select extract(epoch from greatest(i.not_before, now()) - now())::double precision from item i
                         where i.batch_id = b.id and i.canary and i.state = 'pending' and i.lease_owner is null order by i.not_before, i.id limit 1)
                   else (select extract(epoch from greatest(i.not_before, now()) - now())::double precision from item i
                         where i.batch_id = b.id and i.state = 'pending' and i.lease_owner is null order by i.not_before, i.id limit 1) end,
               exists (select from item i where i.batch_id = b.id and i.lease_owner is not null)
        from batch b where b.id = $1
        """;
}
