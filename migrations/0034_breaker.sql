-- compatible
-- A fault of the set-up isn't a fault of each row: a batch whose answered items all end alike, and none well, is halted, and resuming puts back what that refused.

-- One row a batch. A success writes it only where there is something to reset, so that workers of a batch that goes well never wait for each other here.
create table breaker (
    batch_id    text collate "C" primary key references batch (id) on delete cascade,
    -- Class, code and param that the last answers ended with, and how many of them in a row.
    alike       text,
    run         integer not null default 0,
    -- Whether nothing else has been answered since the batch began or was resumed.
    is_first    boolean not null default true,
    -- What the last one said; once tripped, why the batch was halted.
    said        text,
    -- Items of the run: those that the service refused, and those whose call may have been paid for.
    refused     bigint[] not null default '{}',
    unclear     bigint[] not null default '{}',
    -- Whether the batch was halted for it and hasn't been resumed.
    tripped     boolean not null default false,
    -- The run that the last resume ended. A call that was out at that moment may still come back with it.
    former      text,
    resumed_at  timestamptz,
    constraint breaker_run_has_key check ((run > 0) = (alike is not null)),
    constraint breaker_tripped_has_run check (not tripped or run > 0),
    constraint breaker_former_was_resumed check (former is null or resumed_at is not null)
);
insert into breaker (batch_id, is_first) select id, false from batch;

create function batch_breaker() returns trigger
language plpgsql as $$
begin
    insert into breaker (batch_id) values (new.id);
    return null;
end
$$;
create trigger batch_breaker after insert on batch for each row execute function batch_breaker();

-- Puts back to pending what of these was refused, with fresh attempts; unknown outcomes stay counted. Of equal rows one goes first, as at the import.
create function put_back(p_batch text, p_items bigint[]) returns bigint
language sql as $$
    with merges as materialized (select reuse <> 'none' and duplicates > 0 as rows from batch where id = p_batch),
    open as materialized (
        select distinct i.fingerprint from item i, merges m where m.rows and i.batch_id = p_batch and i.state in ('pending', 'sending') and i.fingerprint is not null),
    again as materialized (
        select i.id, m.rows and i.fingerprint is not null
                     and (o.fingerprint is not null or row_number() over (partition by i.fingerprint order by i.id) > 1) as waits
        from merges m cross join item i left join open o on o.fingerprint = i.fingerprint
        where i.id = any (p_items) and i.batch_id = p_batch and i.state in ('rejected', 'failed')),
    put as (
        update item i set state = 'pending', attempts = 0, unsent = 0, error = null, finished_at = null,
                          not_before = case when a.waits then 'infinity'::timestamptz else '-infinity' end
        from again a where i.id = a.id returning 1)
    select count(*) from put
$$;

-- Notes answers in the order they came, in the transaction that ended their items; p_alike is null for a success. Halts the batch when the first p_first answers,
-- or the last p_in_a_row, ended alike and none succeeded; 0 is never. The batches of refusals are locked already.
create function breaker_note(
    p_batches text[], p_alike text[], p_said text[], p_unclear boolean[], p_items bigint[], p_attempts bigint[], p_first integer, p_in_a_row integer, p_advice text)
returns void
language plpgsql as $$
declare
    v_answer record;
    v        breaker;
    v_why    text;
begin
    for v_answer in
        select x.* from unnest(p_batches, p_alike, p_said, p_unclear, p_items, p_attempts) with ordinality as x (batch_id, alike, said, unclear, item_id, attempt_id, at)
        order by x.batch_id collate "C", x.at
    loop
        if v_answer.alike is null then
            update breaker k set alike = null, run = 0, is_first = false, said = null, refused = '{}', unclear = '{}'
                where k.batch_id = v_answer.batch_id and (k.run > 0 or k.is_first) and not k.tripped;
            continue;
        end if;
        -- Where the claim was lost nothing was written, and nothing is counted.
        continue when not exists (select from item i where i.id = v_answer.item_id and i.finished_at = now())
            and not exists (select from attempt a where a.id = v_answer.attempt_id and a.finished_at = now());
        select * into v from breaker k where k.batch_id = v_answer.batch_id for update;
        continue when not found;

        if v.former = v_answer.alike and not v_answer.unclear
           and exists (select from attempt a where a.id = v_answer.attempt_id and a.started_at < v.resumed_at) then
            perform put_back(v_answer.batch_id, array[v_answer.item_id]);
            continue;
        end if;
        if v.tripped then
            continue when v.alike <> v_answer.alike;
        elsif v.alike is distinct from v_answer.alike then
            v.is_first := v.is_first and v.run = 0;
            v.alike := v_answer.alike;
            v.run := 0;
            v.refused := '{}';
            v.unclear := '{}';
        end if;
        v.run := v.run + 1;
        if v_answer.unclear then v.unclear := v.unclear || v_answer.item_id; else v.refused := v.refused || v_answer.item_id; end if;
        if v.tripped then
            -- A call that was out when the batch was halted; or the one that tried whether it may go on.
            update batch set state = 'halted', reason = 'refused_alike', detail = v.said where id = v_answer.batch_id and state = 'running' and probing;
        else
            v.is_first := v.is_first and p_first > 0;
            v.said := v_answer.said;
            v_why := case when v.is_first and v.run >= p_first then format('The first %s answered items all ended alike, and none succeeded: %s', v.run, v.said)
                          when p_in_a_row > 0 and v.run >= p_in_a_row then format('The last %s answered items all ended alike, and none succeeded: %s', v.run, v.said) end;
            if v_why is not null then
                update batch set state = 'halted', reason = 'refused_alike', detail = v_why || ' ' || p_advice where id = v_answer.batch_id and state = 'running';
                v.tripped := found;
                if found then v.said := v_why || ' ' || p_advice; end if;
            end if;
        end if;
        update breaker k set alike = v.alike, run = v.run, is_first = v.is_first, said = v.said, refused = v.refused, unclear = v.unclear, tripped = v.tripped
            where k.batch_id = v.batch_id;
    end loop;
end
$$;

-- Counts anew, and puts back what a halt refused. Of what may have been paid for, tells what stays ended and what is called once more by the batch's policy.
create function breaker_resume(p_batch text) returns table (put bigint, stays bigint, again bigint)
language plpgsql as $$
declare
    v breaker;
begin
    put := 0;
    stays := 0;
    again := 0;
    select * into v from breaker k where k.batch_id = p_batch for update;
    if v.tripped then
        put := put_back(p_batch, v.refused);
        select count(*) filter (where i.state in ('held', 'failed')), count(*) filter (where i.state = 'pending') into stays, again
            from item i where i.id = any (v.unclear);
    end if;
    update breaker k
        set former = case when k.tripped then k.alike else k.former end, resumed_at = case when k.tripped then now() else k.resumed_at end,
            alike = null, run = 0, is_first = true, said = null, refused = '{}', unclear = '{}', tripped = false
        where k.batch_id = p_batch;
    return next;
end
$$;

-- When an endpoint last gave an image with a model, to within an hour. Until it has, only few calls are out at a time.
create table proven (
    endpoint    text collate "C" not null,
    model       text collate "C" not null,
    at          timestamptz not null default now(),
    primary key (endpoint, model)
);
