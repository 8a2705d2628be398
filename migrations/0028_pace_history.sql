-- compatible
-- How batches went, by ten seconds, so that charts and paces read a few hundred rows and not every item of the last hour.

-- When it was; changes that were there before this file count as of now.
alter table batch_change add column at timestamptz not null default now();

create table batch_pace (
    batch_id            text collate "C" not null references batch (id) on delete cascade,
    -- The beginning of ten seconds.
    at                  timestamptz not null,
    ended               bigint not null,
    cost_usd            numeric(20, 10) not null,
    primary key (batch_id, at)
);

-- As in 0010, and what ended when is kept.
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
             input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, cost_usd, unconfirmed_usd, unpriced)
        select f.batch_id, sum(f.pending), sum(f.sending), sum(f.succeeded), sum(f.reused), sum(f.rejected), sum(f.failed), sum(f.held), sum(f.canceled),
               sum(f.input_text_tokens), sum(f.input_image_tokens), sum(f.output_text_tokens), sum(f.output_image_tokens),
               sum(f.cost_usd), sum(f.unconfirmed_usd), sum(f.unpriced)
        from folded f join batch b on b.id = f.batch_id
        group by f.batch_id order by f.batch_id
        on conflict (batch_id) do update set
            pending = t.pending + excluded.pending, sending = t.sending + excluded.sending, succeeded = t.succeeded + excluded.succeeded,
            reused = t.reused + excluded.reused, rejected = t.rejected + excluded.rejected, failed = t.failed + excluded.failed,
            held = t.held + excluded.held, canceled = t.canceled + excluded.canceled,
            input_text_tokens = t.input_text_tokens + excluded.input_text_tokens, input_image_tokens = t.input_image_tokens + excluded.input_image_tokens,
            output_text_tokens = t.output_text_tokens + excluded.output_text_tokens, output_image_tokens = t.output_image_tokens + excluded.output_image_tokens,
            cost_usd = t.cost_usd + excluded.cost_usd, unconfirmed_usd = t.unconfirmed_usd + excluded.unconfirmed_usd,
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
