-- The sums of each batch, kept so that no view counts a million rows, and the changes that event streams report.
--
-- Every statement that changes states or books calls adds rows to batch_change: the differences, and the items. It updates nothing, so workers never wait for
-- each other. A batch's sums are its row in batch_tally plus all of its rows in batch_change, read in one statement, so they are exact in every snapshot.
-- fold_changes moves rows that have been visible for a while into batch_tally.

create table batch_tally (
    batch_id            text collate "C" primary key references batch (id) on delete cascade,
    pending             bigint not null default 0,
    sending             bigint not null default 0,
    succeeded           bigint not null default 0,
    reused              bigint not null default 0,
    rejected            bigint not null default 0,
    failed              bigint not null default 0,
    held                bigint not null default 0,
    canceled            bigint not null default 0,
    input_text_tokens   bigint not null default 0,
    input_image_tokens  bigint not null default 0,
    output_text_tokens  bigint not null default 0,
    output_image_tokens bigint not null default 0,
    cost_usd            numeric(20, 10) not null default 0,
    unconfirmed_usd     numeric(20, 10) not null default 0,
    unpriced            bigint not null default 0,
    -- The part of cost_usd that is estimated.
    estimated_usd       numeric(20, 10) not null default 0
);

create table batch_change (
    xid                 xid8 not null default pg_current_xact_id(),
    id                  bigint generated always as identity,
    batch_id            text collate "C" not null,
    -- Items whose state changed; null when none did, or when they are too many to list.
    items               bigint[],
    pending             bigint not null default 0,
    sending             bigint not null default 0,
    succeeded           bigint not null default 0,
    reused              bigint not null default 0,
    rejected            bigint not null default 0,
    failed              bigint not null default 0,
    held                bigint not null default 0,
    canceled            bigint not null default 0,
    input_text_tokens   bigint not null default 0,
    input_image_tokens  bigint not null default 0,
    output_text_tokens  bigint not null default 0,
    output_image_tokens bigint not null default 0,
    cost_usd            numeric(20, 10) not null default 0,
    unconfirmed_usd     numeric(20, 10) not null default 0,
    unpriced            bigint not null default 0,
    at                  timestamptz not null default now(),
    estimated_usd       numeric(20, 10) not null default 0,
    primary key (xid, id)
) with (autovacuum_vacuum_scale_factor = 0.05);
create index batch_change_batch on batch_change (batch_id);

-- Snapshots with their times. A change may be folded some time after it became visible, which can be much later than it was written.
create table change_mark (
    at                  timestamptz primary key,
    seen                pg_snapshot not null
);

-- The pace of each batch in steps of ten seconds, so that charts read a few hundred rows and not every item of the last hour.
create table batch_pace (
    batch_id            text collate "C" not null references batch (id) on delete cascade,
    -- The beginning of the ten seconds.
    at                  timestamptz not null,
    ended               bigint not null,
    cost_usd            numeric(20, 10) not null,
    primary key (batch_id, at)
);

-- Triggers keep their plans for a connection. Without nested loops, old and new rows are joined by hash or by order, also when one statement changes a whole batch.
create function note_item_changes() returns trigger language plpgsql set enable_nestloop = off as $$
begin
    insert into batch_change (batch_id, items, pending, sending, succeeded, reused, rejected, failed, held, canceled)
    select n.batch_id, case when count(*) <= 1000 then array_agg(n.id order by n.id) end,
           sum((n.state = 'pending')::int - (o.state = 'pending')::int),
           sum((n.state = 'sending')::int - (o.state = 'sending')::int),
           sum((n.state = 'succeeded')::int - (o.state = 'succeeded')::int),
           sum((n.state = 'reused')::int - (o.state = 'reused')::int),
           sum((n.state = 'rejected')::int - (o.state = 'rejected')::int),
           sum((n.state = 'failed')::int - (o.state = 'failed')::int),
           sum((n.state = 'held')::int - (o.state = 'held')::int),
           sum((n.state = 'canceled')::int - (o.state = 'canceled')::int)
    from new_rows n join old_rows o on o.id = n.id
    where n.state <> o.state
    group by n.batch_id;
    return null;
end
$$;
create trigger item_changes after update on item
    referencing old table as old_rows new table as new_rows for each statement execute function note_item_changes();

create function note_ledger_additions() returns trigger language plpgsql as $$
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
create trigger ledger_additions after insert on ledger
    referencing new table as new_rows for each statement execute function note_ledger_additions();

-- Repricing changes only kind, tokens and price of a row, and no row becomes or ceases to be unconfirmed.
create function note_ledger_changes() returns trigger language plpgsql set enable_nestloop = off as $$
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
create trigger ledger_changes after update on ledger
    referencing old table as old_rows new table as new_rows for each statement execute function note_ledger_changes();

create function note_batch_change() returns trigger language plpgsql as $$
begin
    insert into batch_change (batch_id) values (new.id);
    return null;
end
$$;
create trigger batch_creations after insert on batch for each row execute function note_batch_change();
create trigger batch_changes after update on batch for each row when (old.* is distinct from new.*) execute function note_batch_change();

-- Folds changes that were visible p_keep ago, at most p_most rows; one caller at a time, others do nothing. Returns how many rows were folded.
create function fold_changes(p_keep interval, p_most integer) returns bigint
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
    -- Pages show only the last hour of a batch.
    delete from batch_pace p
    using (select w.batch_id, max(w.at) - interval '65 minutes' as oldest from batch_pace w where w.batch_id = any (v_paced) group by w.batch_id) w
    where p.batch_id = w.batch_id and p.at < w.oldest;
    return v_folded;
end
$$;
