-- compatible
-- What was spent, added up by day, batch, model, user and tags, so that neither a report nor a page adds up a million ledger rows.
--
-- Every statement that books calls, or prices them anew, adds rows to spend_change. It adds, and updates nothing, so that workers never wait for each other.
-- A sum is taken over spend and spend_change in one statement: exact in every snapshot. fold_spend moves rows from the latter to the former.

create table spend (
    day                 date not null,
    -- Stands for all that follows up to called_before: tags may be longer than an index entry.
    key                 text collate "C" not null,
    batch_id            text collate "C" not null,
    model               text collate "C" not null,
    "user"              text,
    -- Null in a row that is the sum over all tags; both kinds of rows are there for everything.
    tags                jsonb,
    -- When these items had been called last before that day, so that over several days each counts once: null for never.
    called_before       date,
    items               bigint not null,
    input_text_tokens   bigint not null,
    input_image_tokens  bigint not null,
    output_text_tokens  bigint not null,
    output_image_tokens bigint not null,
    -- Images that are kept, and what calls cost that gave none or whose images were made again.
    images              bigint not null,
    cost_usd            numeric(20, 10) not null,
    fruitless_usd       numeric(20, 10) not null,
    unconfirmed_usd     numeric(20, 10) not null,
    unpriced            bigint not null,
    primary key (day, key),
    constraint spend_called_before_its_day check (called_before < day)
);
create index spend_totals on spend (day) where tags is null;

create table spend_change (
    id                  bigint generated always as identity primary key,
    day                 date not null,
    batch_id            text collate "C" not null,
    model               text collate "C" not null,
    "user"              text,
    tags                jsonb not null,
    called_before       date,
    items               bigint not null default 0,
    input_text_tokens   bigint not null default 0,
    input_image_tokens  bigint not null default 0,
    output_text_tokens  bigint not null default 0,
    output_image_tokens bigint not null default 0,
    images              bigint not null default 0,
    cost_usd            numeric(20, 10) not null default 0,
    fruitless_usd       numeric(20, 10) not null default 0,
    unconfirmed_usd     numeric(20, 10) not null default 0,
    unpriced            bigint not null default 0
);
alter table spend_change set (autovacuum_vacuum_scale_factor = 0.05);

-- Whether a call's images are nobody's: it ended without any, or they were made again. What is purged was of use.
create function is_fruitless(p_attempt bigint) returns boolean stable language sql as $$
    select exists (select from attempt where id = p_attempt and state not in ('succeeded', 'adopted')) or exists (select from former_output where attempt_id = p_attempt)
$$;

-- Plans are kept, and are first made when the ledger may be empty: one that reads it from end to end for each row would be kept, too. So these functions don't.
create function note_spend() returns trigger language plpgsql set enable_seqscan = off as $$
begin
    insert into spend_change (day, batch_id, model, "user", tags, called_before, items, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens,
                              images, cost_usd, fruitless_usd, unconfirmed_usd, unpriced)
    select day, batch_id, model, "user", tags, case when is_first then called_before end, count(*) filter (where is_first),
           coalesce(sum(input_text_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(input_image_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(output_text_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(output_image_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(images) filter (where kind <> 'unconfirmed' and not is_fruitless), 0),
           coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed' and is_fruitless), 0),
           coalesce(sum(cost_usd) filter (where kind = 'unconfirmed'), 0),
           count(*) filter (where cost_usd is null)
    from (select n.*, (n.at at time zone 'UTC')::date as day, e.called_before, not e.is_known as is_first, is_fruitless(n.attempt_id) as is_fruitless
          from new_rows n
          cross join lateral (
              select max(d.day) filter (where d.day < (n.at at time zone 'UTC')::date) as called_before,
                     coalesce(bool_or(d.day = (n.at at time zone 'UTC')::date), false) as is_known
              from (select (l.at at time zone 'UTC')::date as day from ledger l where l.item_id = n.item_id and l.id < n.id) d) e) x
    group by 1, 2, 3, 4, 5, 6;
    return null;
end
$$;

-- Repricing: only the price of a row ever changes.
create function note_spend_changes() returns trigger language plpgsql set enable_seqscan = off as $$
begin
    insert into spend_change (day, batch_id, model, "user", tags, cost_usd, fruitless_usd, unconfirmed_usd, unpriced)
    select (n.at at time zone 'UTC')::date, n.batch_id, n.model, n."user", n.tags,
           coalesce(sum(coalesce(n.cost_usd, 0) - coalesce(o.cost_usd, 0)) filter (where n.kind <> 'unconfirmed'), 0),
           coalesce(sum(coalesce(n.cost_usd, 0) - coalesce(o.cost_usd, 0)) filter (where n.kind <> 'unconfirmed' and is_fruitless(n.attempt_id)), 0),
           coalesce(sum(coalesce(n.cost_usd, 0) - coalesce(o.cost_usd, 0)) filter (where n.kind = 'unconfirmed'), 0),
           sum((n.cost_usd is null)::int - (o.cost_usd is null)::int)
    from new_rows n join old_rows o on o.id = n.id
    where n.cost_usd is distinct from o.cost_usd
    group by 1, 2, 3, 4, 5;
    return null;
end
$$;

-- Images that were made again: what they cost has come to nothing.
create function note_spend_replaced() returns trigger language plpgsql set enable_seqscan = off as $$
begin
    insert into spend_change (day, batch_id, model, "user", tags, images, fruitless_usd)
    select (l.at at time zone 'UTC')::date, l.batch_id, l.model, l."user", l.tags, -sum(l.images), coalesce(sum(l.cost_usd), 0)
    from ledger l
    where l.attempt_id in (select attempt_id from new_rows) and l.kind <> 'unconfirmed'
    group by 1, 2, 3, 4, 5;
    return null;
end
$$;

-- Folds at most p_most rows; one caller at a time, others do nothing. Returns how many rows were folded.
create function fold_spend(p_most integer) returns bigint
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
             items, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, images, cost_usd, fruitless_usd, unconfirmed_usd, unpriced)
        select f.day, md5(jsonb_build_array(f.batch_id, f.model, f."user", f.tags, f.called_before)::text), f.batch_id, f.model, f."user", f.tags, f.called_before,
               sum(f.items), sum(f.input_text_tokens), sum(f.input_image_tokens), sum(f.output_text_tokens), sum(f.output_image_tokens),
               sum(f.images), sum(f.cost_usd), sum(f.fruitless_usd), sum(f.unconfirmed_usd), sum(f.unpriced)
        from folded f
        group by grouping sets ((f.day, f.batch_id, f.model, f."user", f.called_before), (f.day, f.batch_id, f.model, f."user", f.called_before, f.tags))
        on conflict (day, key) do update set
            items = s.items + excluded.items,
            input_text_tokens = s.input_text_tokens + excluded.input_text_tokens, input_image_tokens = s.input_image_tokens + excluded.input_image_tokens,
            output_text_tokens = s.output_text_tokens + excluded.output_text_tokens, output_image_tokens = s.output_image_tokens + excluded.output_image_tokens,
            images = s.images + excluded.images, cost_usd = s.cost_usd + excluded.cost_usd, fruitless_usd = s.fruitless_usd + excluded.fruitless_usd,
            unconfirmed_usd = s.unconfirmed_usd + excluded.unconfirmed_usd, unpriced = s.unpriced + excluded.unpriced)
    select count(*) into v_folded from folded;
    return v_folded;
end
$$;

-- From here on nothing is booked until this file is through, so that what there was is added up exactly once.
create trigger ledger_spend after insert on ledger
    referencing new table as new_rows for each statement execute function note_spend();
create trigger ledger_spend_changes after update on ledger
    referencing old table as old_rows new table as new_rows for each statement execute function note_spend_changes();

create trigger former_output_spend after insert on former_output
    referencing new table as new_rows for each statement execute function note_spend_replaced();

-- What there was before this file.
insert into spend_change (day, batch_id, model, "user", tags, called_before, items, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens,
                          images, cost_usd, fruitless_usd, unconfirmed_usd, unpriced)
select day, batch_id, model, "user", tags, case when is_first and called_before < day then called_before end, count(*) filter (where is_first),
       coalesce(sum(input_text_tokens) filter (where kind <> 'unconfirmed'), 0), coalesce(sum(input_image_tokens) filter (where kind <> 'unconfirmed'), 0),
       coalesce(sum(output_text_tokens) filter (where kind <> 'unconfirmed'), 0), coalesce(sum(output_image_tokens) filter (where kind <> 'unconfirmed'), 0),
       coalesce(sum(images) filter (where kind <> 'unconfirmed' and not is_fruitless), 0),
       coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed'), 0), coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed' and is_fruitless), 0),
       coalesce(sum(cost_usd) filter (where kind = 'unconfirmed'), 0),
       count(*) filter (where cost_usd is null)
from (select d.*, is_fruitless(d.attempt_id) as is_fruitless, lag(d.day) over item as called_before, row_number() over (partition by d.item_id, d.day order by d.id) = 1 as is_first
      from (select *, (at at time zone 'UTC')::date as day from ledger) d
      window item as (partition by d.item_id order by d.id)) x
group by 1, 2, 3, 4, 5, 6;
