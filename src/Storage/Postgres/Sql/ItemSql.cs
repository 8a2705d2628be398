namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about items that are worked on, and their attempts, outputs and ledger rows.</summary>
internal static class ItemSql
{
    /// <remarks>
    /// A process that was cut off from the database by its restart gets a whole lease time to come back, before others take its items: its calls are
    /// still under way, and taking them would pay for them twice. One that retired said itself that it has none.
    /// The dead are listed first, so that an item which another process claimed meanwhile is seen to have an owner that isn't among them when its row is
    /// looked at again under its lock; a row that is joined from outside isn't.
    /// The ids come as an array and not as a join: how many the limits let through can't be estimated, and for the tenth of the table that the planner then
    /// supposes it reads all of it.
    /// The model is looked at within a case, of which the planner supposes that half the rows pass: of a batch with one model it supposes that no row is of another,
    /// and reads and sorts all of them at each claim, rather than the first ones of the index that has them in order.
    /// </remarks>
    public const string Claim = """
        -- name: Item.Claim
        with quota as materialized (
            select q.batch_id, case when b.probing then 1 else q.items end as items, string_to_array(q.without, E'\n') as without,
                   o.open and not b.canary as running, o.open and b.canary as canary
            from unnest($1::text[], $2::int[], $5::text[]) as q (batch_id, items, without) join batch b on b.id = q.batch_id,
                 lateral (select b.state = 'running' and batch_opens_in(b.window_from, b.window_to, b.window_zone, now()) = 0
                                 and (not b.probing or not exists (select from item i where i.batch_id = b.id and i.lease_owner is not null)) as open) o),
        token as materialized (select nextval('lease_token') as value),
        dead as materialized (
            select distinct o.id from unnest($1::text[]) as w (batch_id) cross join lateral (
                -- From owner to owner through the index: all that is leased would be thousands of rows a claim.
                with recursive owner (id) as (
                    (select i.lease_owner from item i where i.batch_id = w.batch_id and i.lease_owner is not null order by i.lease_owner limit 1)
                    union all
                    select (select i.lease_owner from item i where i.batch_id = w.batch_id and i.lease_owner > owner.id order by i.lease_owner limit 1)
                    from owner where owner.id is not null)
                select id from owner where id is not null) o
            left join process p on p.id = o.id
            where p.id is null or p.lease_until = '-infinity' or p.lease_until < now() and pg_postmaster_start_time() + $4 < now()),
        expired as materialized (
            select i.id, i.batch_id from quota q cross join lateral (
                select i.id, i.batch_id from item i join dead d on d.id = i.lease_owner
                where i.batch_id = q.batch_id and i.lease_owner is not null
                limit q.items for update of i skip locked) i),
        fresh as materialized (
            select i.id from quota q cross join lateral (
                select i.id from item i
                where q.running and i.batch_id = q.batch_id and i.state = 'pending' and i.lease_owner is null and i.not_before <= now() and case when cardinality(q.without) > 0 then not i.model = any (q.without) else true end
                order by i.not_before, i.id
                limit greatest(0, q.items - (select count(*) from expired e where e.batch_id = q.batch_id)) for update skip locked) i),
        sample as materialized (
            select i.id from quota q cross join lateral (
                select i.id from item i
                where q.canary and i.canary and i.batch_id = q.batch_id and i.state = 'pending' and i.lease_owner is null and i.not_before <= now() and case when cardinality(q.without) > 0 then not i.model = any (q.without) else true end
                order by i.not_before, i.id
                limit greatest(0, q.items - (select count(*) from expired e where e.batch_id = q.batch_id)) for update skip locked) i)
        update item i set lease_owner = $3, lease_token = token.value
        from token, batch b
        where i.id = any (array(select id from expired union all select id from fresh union all select id from sample)) and b.id = i.batch_id
        returning i.id, i.batch_id, i.key, i.state, i.model, i.input, i.prompt, i.options, i.output_name, i.tags,
                  i.calls, i.attempts, i.unknowns, i.unsent, i.lease_token, b.on_unknown, b.max_attempts,
                  i.fingerprint, case when i.pay_again then 'none' else b.reuse end, b.duplicates > 0, b.probing, b.fetched_by,
                  b.priority, b.max_images_per_minute, b.max_in_flight, batch_closes_in(b.window_from, b.window_to, b.window_zone, now())
        """;

    /// <remarks>The function is in migrations/0002_costs.sql.</remarks>
    public const string BeginAttempts = """
        -- name: Item.BeginAttempts
        with open as (
            select array_agg(x.item order by x.at) as items, array_agg(x.token order by x.at) as tokens, array_agg(x.worst order by x.at) as worst
            from unnest($1, $2, $3) with ordinality as x (item, token, worst, at) join item i on i.id = x.item join batch b on b.id = i.batch_id
            where batch_opens_in(b.window_from, b.window_to, b.window_zone, now()) = 0)
        select a.item_id, a.attempt_id, a.number, a.is_reserved from open o, begin_attempts(o.items, o.tokens, o.worst, $4, $5, $6) a
        """;

    /// <remarks>
    /// After the statement that ended attempts, in its transaction: what they reserved is free, what they cost is spent, each once. A call that was
    /// billed at a price that isn't known counts at what it reserved. Nothing to do where no budget is kept.
    /// </remarks>
    public const string Settle = """
        -- name: Item.Settle
        with ended as (
            update attempt a set reserved_usd = null
            from (select id, reserved_usd from attempt where item_id = any ($1) and reserved_usd is not null and state <> 'sending' order by id for update) o
            where a.id = o.id
            returning a.id, a.batch_id, a.started_at, o.reserved_usd),
        sums as materialized (
            select s.scope, sum(e.reserved_usd) as reserved, sum(coalesce(l.cost_usd, case when l.id is null then 0 else e.reserved_usd end)) as cost
            from ended e left join ledger l on l.attempt_id = e.id,
                 lateral (values ('batch:' || e.batch_id), ('day:' || to_char(e.started_at at time zone 'UTC', 'YYYY-MM-DD')),
                                 ('month:' || to_char(e.started_at at time zone 'UTC', 'YYYY-MM'))) as s (scope)
            group by s.scope),
        locked as materialized (select u.scope from budget u where u.scope in (select scope from sums) order by u.scope for update)
        update budget u set reserved_usd = u.reserved_usd - s.reserved, spent_usd = u.spent_usd + s.cost
        from sums s, locked k where u.scope = s.scope and k.scope = u.scope
        """;

    // After the statement that began attempts, in its transaction, where traces are recorded.
    public const string SetTraces = """
        -- name: Item.SetTraces
        update attempt a set trace_id = x.trace::uuid
        from unnest($1::bigint[], $2::text[]) as x (item_id, trace) join item i on i.id = x.item_id
        where a.item_id = i.id and a.number = i.calls and a.state = 'sending' and a.process_id = $3 and x.trace is not null
        """;

    public const string GetOpenAttempt = """
        -- name: Item.GetOpenAttempt
        select a.id, a.number, a.reserved_usd is not null from attempt a join item i on i.id = a.item_id and a.number = i.calls where i.id = $1 and a.state = 'sending'
        """;

    /// <remarks>
    /// Before statements whose result hangs on the state of a batch, as a statement of its own: the next one then sees the state as it stays until the
    /// commit. Without it an item could go back to pending just after its batch was canceled, and stay there. Batches are locked before items everywhere.
    /// </remarks>
    public const string LockBatches = """
        -- name: Item.LockBatches
        select id from batch where id = any ($1) order by id for no key update
        """;

    /// <remarks>A batch whose images are about to be shared isn't purged meanwhile; one that is being purged is seen to be.</remarks>
    public const string LockSources = """
        -- name: Item.LockSources
        select b.id from batch b where b.id in (select i.batch_id from item i where i.id = any ($1)) order by b.id for share
        """;

    /// <remarks>Waits for a statement that was given up and still runs, so that the next one sees what it did.</remarks>
    public const string Lock = """
        -- name: Item.Lock
        select id from item where id = any ($1) order by id for no key update
        """;

    public const string Complete = """
        -- name: Item.Complete
        with input as materialized (
            select * from jsonb_to_recordset($1) as x (
                item_id bigint, token bigint, next text, attempt_id bigint, attempt_state text, spends integer, unknown integer, unsent integer,
                delay double precision, http_status smallint, request_id text, error jsonb, attempt_error jsonb, usage jsonb,
                kind text, input_text bigint, input_image bigint, output_text bigint, output_image bigint, images integer, cost numeric, price_book text,
                halt_reason text, halt_detail text, outputs jsonb, reused_from bigint, edit_key uuid, source_version uuid)),
        fenced as (
            update item i set
                state = n.state,
                finished_at = case when n.state in ('pending', 'sending') then null else now() end,
                not_before = case when n.state = 'pending' then now() + make_interval(secs => x.delay) else i.not_before end,
                attempts = i.attempts + x.spends,
                unknowns = i.unknowns + x.unknown,
                unsent = case when x.unsent = 1 then i.unsent + 1 else 0 end,
                error = x.error,
                reused_from = case when n.state = 'reused' then x.reused_from end,
                edit_key = x.edit_key,
                source_version = x.source_version,
                lease_owner = null,
                lease_token = null
            from input x, batch b,
                 lateral (select case
                     when x.next = 'pending' and b.state = 'canceled' then 'canceled'
                     when x.next = 'reused' and not exists (
                         select from item s join batch o on o.id = s.batch_id where s.id = x.reused_from and s.state = 'succeeded' and o.purging_since is null) then 'pending'
                     else x.next end as state) n
            where i.id = x.item_id and i.lease_token = x.token and b.id = i.batch_id
            returning i.id, i.batch_id, i.model, i.options ->> 'user' as "user", i.tags),
        ended as (
            update attempt a set
                state = x.attempt_state, finished_at = now(), http_status = coalesce(x.http_status, a.http_status), request_id = x.request_id, error = x.attempt_error, usage = x.usage
            from input x join fenced f on f.id = x.item_id
            where a.id = x.attempt_id and (a.state = 'sending' or a.state = 'unknown' and x.attempt_state = 'adopted')),
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
            from input x join fenced f on f.id = x.item_id
            where x.halt_reason is not null and b.id = f.batch_id and b.state = 'running')
        select id from fenced
        """;

    /// <remarks>
    /// After the statement that ended items, in its transaction: rows that ask for the same share what was bought; where nothing was, the next one is let
    /// try. Locked in order: two equal rows may end at the same time.
    /// </remarks>
    public const string ReleaseDuplicates = """
        -- name: Item.ReleaseDuplicates
        with ended as materialized (
            select distinct on (i.batch_id, i.fingerprint) i.batch_id, i.fingerprint, i.state in ('succeeded', 'reused') as won, coalesce(i.reused_from, i.id) as id
            from item i
            where i.id = any ($1) and i.state in ('succeeded', 'reused', 'rejected', 'failed', 'held')
            order by i.batch_id, i.fingerprint, i.state in ('succeeded', 'reused') desc, i.id),
        waiting as materialized (
            select d.id, e.won, e.id as from_id
            from ended e cross join lateral (
                select w.id from item w
                where w.batch_id = e.batch_id and w.fingerprint = e.fingerprint and w.not_before = 'infinity' and w.state = 'pending'
                order by w.id limit case when e.won then null else 1 end for update) d)
        update item d set
            not_before = '-infinity',
            state = case when w.won then 'reused' else 'pending' end,
            reused_from = case when w.won then w.from_id end,
            finished_at = case when w.won then now() end
        from waiting w where d.id = w.id
        """;

    public const string KeptFate = """
        -- name: Item.KeptFate
        select case when a.state in ('succeeded', 'adopted') then 'stored'
                    when a.number <> i.calls or b.purging_since is not null or i.state = 'canceled' then 'unused'
                    when i.state = 'held' and a.state = 'unknown' and i.lease_owner is null then 'held'
                    else 'open' end
        from attempt a join item i on i.id = a.item_id join batch b on b.id = i.batch_id
        where a.id = $1 and i.batch_id = $2
        """;

    /// <remarks>After <see cref="LockBatches"/>: a purge, a retry or a cancellation of the batch comes before or after it.</remarks>
    public const string AdoptKept = """
        -- name: Item.AdoptKept
        with adopted as (
            update item i set state = 'succeeded', error = null, finished_at = now(), edit_key = $3, source_version = $4
            from attempt a, batch b
            where a.id = $1 and i.id = a.item_id and a.number = i.calls and a.state = 'unknown' and i.state = 'held' and i.lease_owner is null
              and b.id = i.batch_id and b.id = $2 and b.purging_since is null
            returning i.id),
        ended as (
            update attempt a set state = 'adopted', error = null from adopted i where a.id = $1 and a.item_id = i.id),
        stored as (
            insert into output (item_id, number, attempt_id, path, bytes, sha256, format, width, height)
            select i.id, o.number, $1, o.path, o.bytes, o.sha256, o.format, o.width, o.height
            from adopted i, jsonb_to_recordset($5) as o (number smallint, path text, bytes bigint, sha256 text, format text, width integer, height integer)),
        again as (
            update batch b set state = 'queued', reason = null, detail = null, finished_at = null
            where b.id = $2 and b.state in ('completed', 'completed_with_errors') and exists (select from adopted))
        select id from adopted
        """;

    public const string EndProbe = """
        -- name: Item.EndProbe
        update batch b set probing = false, reason = null, detail = null
        where b.probing and b.state = 'running' and b.id in (select i.batch_id from item i where i.id = any ($1))
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

    // Seconds until the next item of a batch that no process holds is due.
    private const string NextIn = """
        case when b.canary
                   then (select extract(epoch from greatest(i.not_before, now()) - now())::double precision from item i
                         where i.batch_id = b.id and i.canary and i.state = 'pending' and i.lease_owner is null and i.not_before < 'infinity' order by i.not_before, i.id limit 1)
                   else (select extract(epoch from greatest(i.not_before, now()) - now())::double precision from item i
                         where i.batch_id = b.id and i.state = 'pending' and i.lease_owner is null and i.not_before < 'infinity' order by i.not_before, i.id limit 1) end
        """;

    /// <remarks>
    /// Running batches whose calls may start now, and batches with items of dead processes, which are recovered whatever the batch's state. Of a process that works on its own
    /// batch only ($1) its hours don't matter: it waits through them. Lease owners are found with a loose index scan, the dead ones as in <see cref="Claim"/>.
    /// </remarks>
    public const string ListWorkable = """
        -- name: Item.ListWorkable
        with recursive lease (batch_id, owner) as (
            (select i.batch_id, i.lease_owner from item i where i.lease_owner is not null order by i.batch_id, i.lease_owner limit 1)
            union all
            select n.batch_id, n.lease_owner from lease l cross join lateral (
                select i.batch_id, i.lease_owner from item i where i.lease_owner is not null and (i.batch_id, i.lease_owner) > (l.batch_id, l.owner)
                order by i.batch_id, i.lease_owner limit 1) n)
        select b.id, b.priority, b.max_images_per_minute, b.max_in_flight
        from batch b
        where b.id = any (array(
            select o.id from batch o
            where o.state = 'running' and case when $1::text is null then batch_opens_in(o.window_from, o.window_to, o.window_zone, now()) = 0 else o.id = $1 end
            union
            select l.batch_id from lease l left join process p on p.id = l.owner
            where ($1::text is null or l.batch_id = $1)
              and (p.id is null or p.lease_until = '-infinity' or p.lease_until < now() and pg_postmaster_start_time() + $2 < now())))
        order by b.priority desc, b.created_at
        """;

    public const string NextDue = $"""
        -- name: Item.NextDue
        select b.id, {NextIn} from batch b where b.id = any ($1)
        """;

    public const string Outlook = $"""
        -- name: Item.Outlook
        select b.id, b.name, b.state, b.reason, b.detail, b.priority, b.created_at, b.finished_at, {NextIn},
               exists (select from item i where i.batch_id = b.id and i.lease_owner is not null),
               batch_opens_in(b.window_from, b.window_to, b.window_zone, now())
        from batch b where b.id = $1
        """;
}
