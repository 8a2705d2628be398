-- compatible
-- Answers that brought images without usable usage are booked at their estimate, ledger kind 'estimated'. cost_usd includes them; estimated_usd says how much of it
-- they are. Repricing may estimate what was booked at nothing before, so a ledger row's kind and tokens can change with its price.

alter table ledger drop constraint ledger_kind_known;
alter table ledger add constraint ledger_kind_known check (kind in ('reported', 'unreported', 'estimated', 'unconfirmed'));
-- A usage that says nothing, such as all zeros, is kept as it came, and isn't a report.
alter table ledger drop constraint ledger_reported_has_usage;
alter table ledger add constraint ledger_reported_has_usage check (kind <> 'reported' or usage is not null);

alter table batch_tally add column estimated_usd numeric(20, 10) not null default 0;
alter table batch_change add column estimated_usd numeric(20, 10) not null default 0;
alter table spend add column estimated_usd numeric(20, 10) not null default 0;
alter table spend_change add column estimated_usd numeric(20, 10) not null default 0;

-- As in migrations/0010_changes.sql, with what is estimated.
create or replace function note_ledger_additions() returns trigger language plpgsql as $$
begin
    insert into batch_change (batch_id, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, cost_usd, estimated_usd, unconfirmed_usd, unpriced)
    select batch_id,
           coalesce(sum(input_text_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(input_image_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(output_text_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(output_image_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(cost_usd) filter (where kind = 'estimated'), 0),
           coalesce(sum(cost_usd) filter (where kind = 'unconfirmed'), 0),
           count(*) filter (where cost_usd is null)
    from new_rows group by batch_id;
    return null;
end
$$;

-- Repricing: only kind, tokens and price of a row ever change, and no row becomes unconfirmed or ceases to be.
create or replace function note_ledger_changes() returns trigger language plpgsql set enable_nestloop = off as $$
begin
    insert into batch_change (batch_id, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, cost_usd, estimated_usd, unconfirmed_usd, unpriced)
    select n.batch_id,
           coalesce(sum(n.input_text_tokens - o.input_text_tokens) filter (where n.kind <> 'unconfirmed'), 0),
           coalesce(sum(n.input_image_tokens - o.input_image_tokens) filter (where n.kind <> 'unconfirmed'), 0),
           coalesce(sum(n.output_text_tokens - o.output_text_tokens) filter (where n.kind <> 'unconfirmed'), 0),
           coalesce(sum(n.output_image_tokens - o.output_image_tokens) filter (where n.kind <> 'unconfirmed'), 0),
           coalesce(sum(coalesce(n.cost_usd, 0) - coalesce(o.cost_usd, 0)) filter (where n.kind <> 'unconfirmed'), 0),
           coalesce(sum(case when n.kind = 'estimated' then coalesce(n.cost_usd, 0) else 0 end - case when o.kind = 'estimated' then coalesce(o.cost_usd, 0) else 0 end), 0),
           coalesce(sum(coalesce(n.cost_usd, 0) - coalesce(o.cost_usd, 0)) filter (where n.kind = 'unconfirmed'), 0),
           sum((n.cost_usd is null)::int - (o.cost_usd is null)::int)
    from new_rows n join old_rows o on o.id = n.id
    where (n.kind, n.cost_usd, n.input_text_tokens, n.input_image_tokens, n.output_text_tokens, n.output_image_tokens)
          is distinct from (o.kind, o.cost_usd, o.input_text_tokens, o.input_image_tokens, o.output_text_tokens, o.output_image_tokens)
    group by n.batch_id;
    return null;
end
$$;

-- As in migrations/0028_pace_history.sql, with what is estimated.
create or replace function fold_changes(p_keep interval, p_most integer) returns bigint
language plpgsql as $$
declare
    v_seen   pg_snapshot;
    v_at     timestamptz;
    v_folded bigint;
    v_paced  text[];
begin
    if not pg_try_advisory_xact_lock(hashtext('darkroom.fold_changes')) then return 0; end if;
    insert into change_mark (at, seen) values (clock_timestamp(), pg_current_snapshot()) on conflict do nothing;
    select at, seen into v_at, v_seen from change_mark where at <= clock_timestamp() - p_keep order by at desc limit 1;
    if v_seen is null then return 0; end if;
    delete from change_mark where at < v_at;
    with folded as (
        delete from batch_change c
        where (c.xid, c.id) in (
            select xid, id from batch_change where xid < pg_snapshot_xmax(v_seen) and pg_visible_in_snapshot(xid, v_seen) order by xid, id limit p_most)
        returning c.*),
    kept as (
        insert into batch_tally as t
            (batch_id, pending, sending, succeeded, reused, rejected, failed, held, canceled,
             input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, cost_usd, estimated_usd, unconfirmed_usd, unpriced)
        select f.batch_id, sum(f.pending), sum(f.sending), sum(f.succeeded), sum(f.reused), sum(f.rejected), sum(f.failed), sum(f.held), sum(f.canceled),
               sum(f.input_text_tokens), sum(f.input_image_tokens), sum(f.output_text_tokens), sum(f.output_image_tokens),
               sum(f.cost_usd), sum(f.estimated_usd), sum(f.unconfirmed_usd), sum(f.unpriced)
        from folded f join batch b on b.id = f.batch_id
        group by f.batch_id order by f.batch_id
        on conflict (batch_id) do update set
            pending = t.pending + excluded.pending, sending = t.sending + excluded.sending, succeeded = t.succeeded + excluded.succeeded,
            reused = t.reused + excluded.reused, rejected = t.rejected + excluded.rejected, failed = t.failed + excluded.failed,
            held = t.held + excluded.held, canceled = t.canceled + excluded.canceled,
            input_text_tokens = t.input_text_tokens + excluded.input_text_tokens, input_image_tokens = t.input_image_tokens + excluded.input_image_tokens,
            output_text_tokens = t.output_text_tokens + excluded.output_text_tokens, output_image_tokens = t.output_image_tokens + excluded.output_image_tokens,
            cost_usd = t.cost_usd + excluded.cost_usd, estimated_usd = t.estimated_usd + excluded.estimated_usd, unconfirmed_usd = t.unconfirmed_usd + excluded.unconfirmed_usd,
            unpriced = t.unpriced + excluded.unpriced),
    paced as (
        insert into batch_pace as p (batch_id, at, ended, cost_usd)
        select f.batch_id, date_bin('10 seconds', f.at, timestamptz '2000-01-01 00:00:00Z') as step,
               sum(f.succeeded + f.reused + f.rejected + f.failed + f.held + f.canceled) as ended, sum(f.cost_usd) as cost
        from folded f join batch b on b.id = f.batch_id
        group by f.batch_id, step having sum(f.succeeded + f.reused + f.rejected + f.failed + f.held + f.canceled) <> 0 or sum(f.cost_usd) <> 0
        order by f.batch_id, step
        on conflict (batch_id, at) do update set ended = p.ended + excluded.ended, cost_usd = p.cost_usd + excluded.cost_usd
        returning p.batch_id)
    select (select count(*) from folded), (select array_agg(distinct batch_id) from paced) into v_folded, v_paced;
    -- The last hour of a batch is all that anybody looks at.
    delete from batch_pace p
    using (select w.batch_id, max(w.at) - interval '65 minutes' as oldest from batch_pace w where w.batch_id = any (v_paced) group by w.batch_id) w
    where p.batch_id = w.batch_id and p.at < w.oldest;
    return v_folded;
end
$$;

-- As in migrations/0031_lasting_plans.sql, with what is estimated.
create or replace function note_spend() returns trigger language plpgsql set enable_seqscan = off as $$
begin
    insert into spend_change (day, batch_id, model, "user", tags, called_before, items, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens,
                              images, cost_usd, fruitless_usd, estimated_usd, unconfirmed_usd, unpriced)
    select day, batch_id, model, "user", tags, case when is_first then called_before end, count(*) filter (where is_first),
           coalesce(sum(input_text_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(input_image_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(output_text_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(output_image_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(images) filter (where kind <> 'unconfirmed' and not is_fruitless), 0),
           coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed' and is_fruitless), 0),
           coalesce(sum(cost_usd) filter (where kind = 'estimated'), 0),
           coalesce(sum(cost_usd) filter (where kind = 'unconfirmed'), 0),
           count(*) filter (where cost_usd is null)
    from (select n.*, (n.at at time zone 'UTC')::date as day, e.called_before, not e.is_known as is_first, is_fruitless(n.attempt_id) as is_fruitless
          from new_rows n
          cross join lateral (
              select max(d.day) filter (where d.day < (n.at at time zone 'UTC')::date) as called_before,
                     coalesce(bool_or(d.day = (n.at at time zone 'UTC')::date), false) as is_known
              -- Offset keeps the comparison of ids out of the choice of an index: the one of items leads to a row or two, whatever the figures of the table say.
              from (select (l.at at time zone 'UTC')::date as day from (select at, id from ledger where item_id = n.item_id offset 0) l where l.id < n.id) d) e) x
    group by 1, 2, 3, 4, 5, 6;
    return null;
end
$$;

create or replace function note_spend_changes() returns trigger language plpgsql set enable_seqscan = off set enable_nestloop = off as $$
begin
    insert into spend_change (day, batch_id, model, "user", tags, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens,
                              cost_usd, fruitless_usd, estimated_usd, unconfirmed_usd, unpriced)
    select (n.at at time zone 'UTC')::date, n.batch_id, n.model, n."user", n.tags,
           coalesce(sum(n.input_text_tokens - o.input_text_tokens) filter (where n.kind <> 'unconfirmed'), 0),
           coalesce(sum(n.input_image_tokens - o.input_image_tokens) filter (where n.kind <> 'unconfirmed'), 0),
           coalesce(sum(n.output_text_tokens - o.output_text_tokens) filter (where n.kind <> 'unconfirmed'), 0),
           coalesce(sum(n.output_image_tokens - o.output_image_tokens) filter (where n.kind <> 'unconfirmed'), 0),
           coalesce(sum(coalesce(n.cost_usd, 0) - coalesce(o.cost_usd, 0)) filter (where n.kind <> 'unconfirmed'), 0),
           coalesce(sum(coalesce(n.cost_usd, 0) - coalesce(o.cost_usd, 0)) filter (where n.kind <> 'unconfirmed' and is_fruitless(n.attempt_id)), 0),
           coalesce(sum(case when n.kind = 'estimated' then coalesce(n.cost_usd, 0) else 0 end - case when o.kind = 'estimated' then coalesce(o.cost_usd, 0) else 0 end), 0),
           coalesce(sum(coalesce(n.cost_usd, 0) - coalesce(o.cost_usd, 0)) filter (where n.kind = 'unconfirmed'), 0),
           sum((n.cost_usd is null)::int - (o.cost_usd is null)::int)
    from new_rows n join old_rows o on o.id = n.id
    where (n.kind, n.cost_usd, n.input_text_tokens, n.input_image_tokens, n.output_text_tokens, n.output_image_tokens)
          is distinct from (o.kind, o.cost_usd, o.input_text_tokens, o.input_image_tokens, o.output_text_tokens, o.output_image_tokens)
    group by 1, 2, 3, 4, 5;
    return null;
end
$$;

-- As in migrations/0026_spend.sql, with what is estimated.
create or replace function fold_spend(p_most integer) returns bigint
language plpgsql as $$
declare
    v_folded bigint;
begin
    if not pg_try_advisory_xact_lock(hashtext('darkroom.fold_spend')) then return 0; end if;
    with folded as (
        delete from spend_change where id in (select id from spend_change order by id limit p_most) returning *),
    kept as (
        insert into spend as s
            (day, key, batch_id, model, "user", tags, called_before,
             items, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, images, cost_usd, fruitless_usd, estimated_usd, unconfirmed_usd, unpriced)
        select f.day, md5(jsonb_build_array(f.batch_id, f.model, f."user", f.tags, f.called_before)::text), f.batch_id, f.model, f."user", f.tags, f.called_before,
               sum(f.items), sum(f.input_text_tokens), sum(f.input_image_tokens), sum(f.output_text_tokens), sum(f.output_image_tokens),
               sum(f.images), sum(f.cost_usd), sum(f.fruitless_usd), sum(f.estimated_usd), sum(f.unconfirmed_usd), sum(f.unpriced)
        from folded f
        group by grouping sets ((f.day, f.batch_id, f.model, f."user", f.called_before), (f.day, f.batch_id, f.model, f."user", f.called_before, f.tags))
        on conflict (day, key) do update set
            items = s.items + excluded.items,
            input_text_tokens = s.input_text_tokens + excluded.input_text_tokens, input_image_tokens = s.input_image_tokens + excluded.input_image_tokens,
            output_text_tokens = s.output_text_tokens + excluded.output_text_tokens, output_image_tokens = s.output_image_tokens + excluded.output_image_tokens,
            images = s.images + excluded.images, cost_usd = s.cost_usd + excluded.cost_usd, fruitless_usd = s.fruitless_usd + excluded.fruitless_usd,
            estimated_usd = s.estimated_usd + excluded.estimated_usd, unconfirmed_usd = s.unconfirmed_usd + excluded.unconfirmed_usd, unpriced = s.unpriced + excluded.unpriced)
    select count(*) into v_folded from folded;
    return v_folded;
end
$$;
