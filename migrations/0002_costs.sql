-- What calls cost: the ledger, its repricing, budgets, estimates, and sums by day.

-- One row per attempt that was, or may have been, billed. Rows have no foreign keys: they outlive the batches and items that they name.
create table ledger (
    id                  bigint generated always as identity primary key,
    at                  timestamptz not null default now(),
    attempt_id          bigint not null unique,
    item_id             bigint not null,
    batch_id            text collate "C" not null,
    kind                text not null,
    model               text collate "C" not null,
    "user"              text,
    tags                jsonb not null,
    usage               jsonb,
    input_text_tokens   bigint not null,
    input_image_tokens  bigint not null,
    output_text_tokens  bigint not null,
    output_image_tokens bigint not null,
    images              integer not null,
    cost_usd            numeric(20, 10),
    price_book          text not null,
    -- What repricing needs of an item that was purged: a model may be priced by an image's size and quality.
    options             jsonb,
    constraint ledger_kind_known check (kind in ('reported', 'unreported', 'estimated', 'unconfirmed')),
    -- A usage that says nothing, such as all zeros, is kept as it came and doesn't count as a report.
    constraint ledger_reported_has_usage check (kind <> 'reported' or usage is not null),
    constraint ledger_tokens_not_negative check
        (input_text_tokens >= 0 and input_image_tokens >= 0 and output_text_tokens >= 0 and output_image_tokens >= 0 and images >= 0),
    constraint ledger_cost_not_negative check (cost_usd >= 0)
    -- Rows are only added: vacuum then marks pages as visible to all, so that sums are read from the index alone.
) with (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
create index ledger_batch on ledger (batch_id);
create index ledger_item on ledger (item_id);
create index ledger_at on ledger (at);

-- What a ledger row cost before it was priced again. The ledger row has the price that holds now; its raw usage never changes.
create table ledger_repricing (
    id                bigint generated always as identity primary key,
    ledger_id         bigint not null references ledger (id),
    at                timestamptz not null default now(),
    cost_usd_before   numeric(20, 10),
    price_book_before text not null,
    cost_usd_after    numeric(20, 10),
    price_book_after  text not null,
    constraint ledger_repricing_changes check (cost_usd_before is distinct from cost_usd_after)
);
create index ledger_repricing_ledger on ledger_repricing (ledger_id);

-- What a batch was estimated at: one row per kind of call, so few rows whatever the batch's size.
create table batch_estimate (
    batch_id      text collate "C" not null references batch (id) on delete cascade,
    model         text collate "C" not null,
    size          text collate "C" not null,
    quality       text collate "C" not null,
    n             integer not null,
    items         bigint not null,
    unpriced      bigint not null,
    expected_usd  numeric(20, 10) not null,
    worst_usd     numeric(20, 10) not null,
    primary key (batch_id, model, size, quality, n),
    constraint batch_estimate_counts check (items > 0 and unpriced between 0 and items),
    constraint batch_estimate_not_negative check (expected_usd >= 0 and worst_usd >= 0)
);

-- Budgets of a batch, a day and a month (UTC). A call reserves its worst case before it is sent and is settled when it has ended, so that calls of many
-- processes together can't overrun a cap.
create table budget (
    -- 'batch:ID', 'day:2026-11-22' or 'month:2026-11', by the day on which a call began.
    scope         text collate "C" primary key,
    spent_usd     numeric(20, 10) not null,
    reserved_usd  numeric(20, 10) not null default 0,
    constraint budget_not_negative check (spent_usd >= 0 and reserved_usd >= 0)
    -- A few rows, written many times a second: vacuumed by count, since a share of so few rows is reached constantly or never.
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Opens the budget of a day or a month with what the ledger already has of it.
create function budget_open(p_scope text, p_from timestamptz, p_to timestamptz) returns void
language sql as $$
    insert into budget (scope, spent_usd)
    select p_scope, (select coalesce(sum(cost_usd), 0) from ledger where at >= p_from and at < p_to)
    where not exists (select from budget where scope = p_scope)
    on conflict do nothing
$$;

-- Begins attempts for claimed items: writes each attempt as 'sending' and moves its item along. An item isn't begun when its claim was lost, its batch
-- doesn't run, or a budget has no room: then the batch is halted, or the item waits a second where calls in flight may still free some room.
-- Items are found by their ids. The empty text after a column keeps the planner from indexes that begin with that column: right after an import it has no
-- statistics, supposes that a batch has one pending row, and would read all fifty thousand.
create function begin_attempts(p_items bigint[], p_tokens bigint[], p_worst numeric[], p_process bigint, p_day_cap numeric, p_month_cap numeric)
returns table (item_id bigint, attempt_id bigint, number integer, is_reserved boolean)
language plpgsql as $$
#variable_conflict use_column
declare
    v_day      timestamptz := date_trunc('day', now(), 'UTC');
    v_month    timestamptz := date_trunc('month', now(), 'UTC');
    v_day_of   text := 'day:' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD');
    v_month_of text := 'month:' || to_char(now() at time zone 'UTC', 'YYYY-MM');
    v_item     record;
    v_scope    record;
    v_halt     text;
    v_wait     boolean;
begin
    if p_day_cap is null and p_month_cap is null
       and not exists (select from item i join batch b on b.id = i.batch_id where i.id = any (p_items) and b.max_cost_usd is not null) then
        return query
            with input as (select * from unnest(p_items, p_tokens) as x (item_id, token)),
            moved as (
                update item i set state = 'sending', calls = i.calls + 1
                from input x, batch b
                where i.id = x.item_id and i.lease_token = x.token and i.state || '' = 'pending' and b.id = i.batch_id || '' and b.state = 'running'
                returning i.id, i.batch_id, i.calls)
            insert into attempt (item_id, batch_id, number, process_id)
            select m.id, m.batch_id, m.calls, p_process from moved m
            returning attempt.item_id, attempt.id, attempt.number, false;
        return;
    end if;

    -- Lock batches, then items, then budgets, each in order, as every statement does: so none wait for each other in a circle.
    perform from batch where id in (select i.batch_id from item i where i.id = any (p_items)) order by id for no key update;
    perform from item where id = any (p_items) order by id for no key update;
    if p_day_cap is not null then perform budget_open(v_day_of, v_day, v_day + interval '1 day'); end if;
    if p_month_cap is not null then perform budget_open(v_month_of, v_month, v_month + interval '1 month'); end if;
    perform from budget
        where scope in (v_day_of, v_month_of) or scope in (select 'batch:' || i.batch_id from item i where i.id = any (p_items))
        order by scope for update;

    for v_item in
        select i.id, i.batch_id, i.calls + 1 as number, x.worst, b.max_cost_usd as cap
        from unnest(p_items, p_tokens, p_worst) as x (item_id, token, worst)
        join item i on i.id = x.item_id join batch b on b.id = i.batch_id || ''
        where i.lease_token = x.token and i.state || '' = 'pending' and b.state = 'running'
        order by i.id
    loop
        -- An earlier item of this set may have halted the batch.
        continue when not exists (select from batch where id = v_item.batch_id and state = 'running');
        v_halt := null;
        v_wait := false;
        for v_scope in
            select u.scope, u.spent_usd, u.reserved_usd, s.cap, s.name
            from (values ('batch:' || v_item.batch_id, v_item.cap, 'batch'), (v_day_of, p_day_cap, 'day'), (v_month_of, p_month_cap, 'month')) as s (scope, cap, name)
            join budget u on u.scope = s.scope
            where s.cap is not null
        loop
            if v_item.worst is null then
                v_halt := format('The model has no known price, so the budget of the %s (USD %s) can''t be kept.', v_scope.name, trim_scale(v_scope.cap));
            elsif v_scope.spent_usd + v_item.worst > v_scope.cap then
                v_halt := format('The budget of the %s is reached: USD %s of %s spent, and the next call may cost USD %s.',
                    v_scope.name, trim_scale(v_scope.spent_usd), trim_scale(v_scope.cap), trim_scale(v_item.worst));
            elsif v_scope.spent_usd + v_scope.reserved_usd + v_item.worst > v_scope.cap then
                v_wait := true;
            end if;
        end loop;

        if v_halt is not null then
            update batch set state = 'halted', reason = 'budget', detail = v_halt || ' Raise the budget, then resume the batch.' where id = v_item.batch_id;
        elsif v_wait then
            update item set not_before = now() + interval '1 second' where id = v_item.id;
        else
            update budget set reserved_usd = reserved_usd + coalesce(v_item.worst, 0)
                where scope in ('batch:' || v_item.batch_id, v_day_of, v_month_of);
            update item set state = 'sending', calls = v_item.number where id = v_item.id;
            return query
                insert into attempt (item_id, batch_id, number, process_id, reserved_usd)
                values (v_item.id, v_item.batch_id, v_item.number, p_process, coalesce(v_item.worst, 0))
                returning attempt.item_id, attempt.id, attempt.number, true;
        end if;
    end loop;
end
$$;

-- What was spent, summed by day, batch, model, user and tags, so that no report or page sums a million ledger rows.
-- Every statement that books or reprices calls adds rows to spend_change and updates none, so that workers never wait for each other. A report sums spend
-- and spend_change in one statement, so it is exact in every snapshot. fold_spend moves rows from spend_change to spend.
create table spend (
    day                 date not null,
    -- A hash of the columns from batch_id to called_before: tags may be longer than an index entry.
    key                 text collate "C" not null,
    batch_id            text collate "C" not null,
    model               text collate "C" not null,
    "user"              text,
    -- Null in a row that sums over all tags. Each sum is there both ways.
    tags                jsonb,
    -- The day before this one on which these items were last called, null for never: over several days each item then counts once.
    called_before       date,
    items               bigint not null,
    input_text_tokens   bigint not null,
    input_image_tokens  bigint not null,
    output_text_tokens  bigint not null,
    output_image_tokens bigint not null,
    -- images: those that are kept. fruitless_usd: the cost of calls that gave no image or whose images were made again.
    images              bigint not null,
    cost_usd            numeric(20, 10) not null,
    fruitless_usd       numeric(20, 10) not null,
    unconfirmed_usd     numeric(20, 10) not null,
    unpriced            bigint not null,
    -- The part of cost_usd that is estimated, since the answer brought images without a usable usage.
    estimated_usd       numeric(20, 10) not null default 0,
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
    unpriced            bigint not null default 0,
    estimated_usd       numeric(20, 10) not null default 0
) with (autovacuum_vacuum_scale_factor = 0.05);

-- Whether nobody has a call's images: the call ended without any, or they were made again. Images that were purged were of use.
create function is_fruitless(p_attempt bigint) returns boolean stable language sql as $$
    select exists (select from attempt where id = p_attempt and state not in ('succeeded', 'adopted')) or exists (select from former_output where attempt_id = p_attempt)
$$;

-- Triggers keep their plans for a connection, and the first plan may be made while the ledger is empty. Without the settings below, that plan would read the
-- whole ledger for each row later (seqscan), or compare each row with each (nestloop) when one statement changes a whole batch.
create function note_spend() returns trigger language plpgsql set enable_seqscan = off as $$
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
              -- offset 0 keeps the planner from the index on id: the index on item_id finds the item's one or two rows, whatever the statistics say.
              from (select (l.at at time zone 'UTC')::date as day from (select at, id from ledger where item_id = n.item_id offset 0) l where l.id < n.id) d) e) x
    group by 1, 2, 3, 4, 5, 6;
    return null;
end
$$;
create trigger ledger_spend after insert on ledger
    referencing new table as new_rows for each statement execute function note_spend();

-- Repricing changes only kind, tokens and price of a row, and no row becomes or ceases to be unconfirmed.
create function note_spend_changes() returns trigger language plpgsql set enable_seqscan = off set enable_nestloop = off as $$
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
create trigger ledger_spend_changes after update on ledger
    referencing old table as old_rows new table as new_rows for each statement execute function note_spend_changes();

-- Images that were made again: the first call's cost becomes fruitless.
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
create trigger former_output_spend after insert on former_output
    referencing new table as new_rows for each statement execute function note_spend_replaced();

-- Images that a worker kept while the image store was away are adopted later: until then their cost is fruitless, from then on it isn't.
create function note_spend_adopted() returns trigger language plpgsql set enable_seqscan = off as $$
begin
    insert into spend_change (day, batch_id, model, "user", tags, images, fruitless_usd)
    select (l.at at time zone 'UTC')::date, l.batch_id, l.model, l."user", l.tags, sum(l.images), -coalesce(sum(l.cost_usd), 0)
    from ledger l
    where l.attempt_id = new.id and l.kind <> 'unconfirmed'
    group by 1, 2, 3, 4, 5;
    return null;
end
$$;
create trigger attempt_adopted after update of state on attempt for each row when (old.state = 'unknown' and new.state = 'adopted') execute function note_spend_adopted();

-- Folds at most p_most rows of spend_change into spend; one caller at a time, others do nothing. Returns how many rows were folded.
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
