-- Batches, their items, the calls made for them (attempts), the images that came back (outputs), and the worker processes.
-- Names of states are an API (Darkroom.Jobs.Batches.StateNames). Text keys compare by bytes (collate "C"): cheaper, and the same on every server.

-- One row per worker process. The process's lease covers everything that the process has claimed, so renewing it updates one row.
create table process (
    id            bigint generated always as identity primary key,
    host          text not null,
    pid           integer not null,
    version       text not null,
    -- Whether the process works on all batches, as a worker does, or only on its own batch, as `run` does.
    takes_batches boolean not null,
    started_at    timestamptz not null default now(),
    lease_until   timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create table batch (
    id                    text collate "C" primary key,
    name                  text not null,
    state                 text not null,
    reason                text,
    detail                text,
    priority              smallint not null default 5,
    prompt                text,
    options               jsonb not null,
    tags                  jsonb not null,
    on_unknown            text not null,
    max_attempts          smallint not null,
    item_count            integer not null default 0,
    created_at            timestamptz not null default now(),
    finished_at           timestamptz,
    -- Whether the batch's files are deleted at the service when the batch has ended.
    delete_uploads        boolean not null default false,
    -- While true, workers may claim only the batch's canary items. Approval ends this; so does the end of a batch that has no other items.
    canary                boolean not null default false,
    max_cost_usd          numeric(20, 10),
    -- 'none' pays for every row, 'duplicates' pays once for equal rows of the batch, 'earlier' also reuses what earlier batches paid for.
    reuse                 text not null default 'duplicates',
    -- How many rows waited for an equal row when the batch was imported.
    duplicates            integer not null default 0,
    -- How often a halted batch tries a single call; null for never. probing: such a call is being tried.
    probe_every           interval,
    halted_at             timestamptz,
    probing               boolean not null default false,
    -- Who downloads the http(s) addresses of the manifest (Darkroom.Jobs.Sources.FetchedBy).
    fetched_by            text not null default 'service',
    -- finished_at of the batch when its results files were written. A batch that ends again has another finished_at, so its files are due again.
    results_of            timestamptz,
    -- The process that writes the results files. When its lease has ended, another process may.
    results_by            bigint,
    -- A purge marks the batch, then removes its files, then its rows. The ledger stays.
    purging_since         timestamptz,
    max_images_per_minute double precision,
    max_in_flight         integer,
    -- Hours of the day in which calls may start, by the clock of window_zone. They go past midnight when window_to is before window_from.
    window_from           time,
    window_to             time,
    window_zone           text,
    deadline              timestamptz,
    -- When the batch was first expected to miss its deadline, and when it missed it.
    deadline_risk_at      timestamptz,
    deadline_missed_at    timestamptz,
    -- A URL that is told of this batch in addition to the configured ones.
    webhook_url           text,
    -- Refusals of the service are timed from here, so a batch that a person resumes gets its full patience again.
    running_since         timestamptz,
    -- The process that runs the batch's job, and when the job was last enqueued, begun or given back. Both are null when the batch has no job;
    -- a queued or running batch is then given one.
    job_process_id        bigint,
    job_at                timestamptz,
    constraint batch_id_form check (id ~ '^[0-9a-z][0-9a-z-]{3,60}$'),
    -- queued: no worker has opened the batch yet; the batch's job turns it to running.
    constraint batch_state_known check (state in
        ('importing', 'awaiting_approval', 'queued', 'running', 'paused', 'halted', 'completed', 'completed_with_errors', 'canceled')),
    constraint batch_priority_range check (priority between 0 and 9),
    constraint batch_on_unknown_known check (on_unknown in ('retry', 'hold')),
    constraint batch_max_attempts_range check (max_attempts between 1 and 100),
    constraint batch_halted_has_reason check (state <> 'halted' or reason is not null),
    constraint batch_finished_at_iff_final check ((finished_at is not null) = (state in ('completed', 'completed_with_errors', 'canceled'))),
    constraint batch_canary_is_open check (not canary or finished_at is null),
    constraint batch_max_cost_positive check (max_cost_usd > 0),
    constraint batch_reuse_known check (reuse in ('none', 'duplicates', 'earlier')),
    constraint batch_duplicates_not_negative check (duplicates >= 0),
    constraint batch_probe_every_positive check (probe_every >= interval '1 second'),
    constraint batch_halted_at_iff_halted check ((halted_at is not null) = (state = 'halted')),
    constraint batch_probing_is_open check (not probing or state in ('queued', 'running')),
    constraint batch_fetched_by_known check (fetched_by in ('service', 'worker')),
    constraint batch_purging_is_final check (purging_since is null or finished_at is not null),
    constraint batch_max_images_positive check (max_images_per_minute > 0),
    constraint batch_max_in_flight_positive check (max_in_flight > 0),
    constraint batch_window_whole check ((window_from is null) = (window_to is null) and (window_from is null) = (window_zone is null)),
    constraint batch_window_not_empty check (window_from <> window_to),
    constraint batch_deadline_marks check (deadline is not null or (deadline_risk_at is null and deadline_missed_at is null))
);
create index batch_open on batch (priority desc, created_at) where state in ('queued', 'running');
create index batch_newest on batch (created_at desc, id desc);
-- Workers look every few seconds for batches that haven't ended: few among all that ever were.
create index batch_unfinished on batch (state) where finished_at is null;
create index batch_probes on batch (halted_at) where state = 'halted' and probe_every is not null;
create index batch_results_due on batch (finished_at) where finished_at is not null and results_of is distinct from finished_at;
create index batch_purging on batch (purging_since) where purging_since is not null;
create index batch_deadline on batch (deadline) where deadline is not null and finished_at is null;

-- Fencing tokens: one for each set of items that a worker claims, never used twice.
create sequence lease_token;

create table item (
    id             bigint generated always as identity primary key,
    batch_id       text collate "C" not null references batch (id),
    key            text collate "C" not null,
    state          text not null default 'pending',
    model          text collate "C" not null,
    input          jsonb not null,
    prompt         text not null,
    options        jsonb not null,
    output_name    text collate "C" not null,
    tags           jsonb not null,
    -- 'infinity': the item waits until an equal item of its batch has ended.
    not_before     timestamptz not null default '-infinity',
    calls          integer not null default 0,
    attempts       smallint not null default 0,
    unknowns       smallint not null default 0,
    unsent         integer not null default 0,
    lease_owner    bigint,
    lease_token    bigint,
    reused_from    bigint,
    error          jsonb,
    finished_at    timestamptz,
    -- Part of the sample that runs before the rest of the batch.
    canary         boolean not null default false,
    -- fingerprint: what the row asks for. edit_key: the same, with the endpoint it was bought from. source_version: the version of its sources then.
    fingerprint    uuid,
    edit_key       uuid,
    source_version uuid,
    -- A person wants the image made again, so it is paid for again, whatever could be reused.
    pay_again      boolean not null default false,
    constraint item_state_known check (state in ('pending', 'sending', 'succeeded', 'reused', 'rejected', 'failed', 'held', 'canceled')),
    constraint item_lease_whole check ((lease_owner is null) = (lease_token is null)),
    constraint item_sending_is_leased check (state <> 'sending' or lease_token is not null),
    constraint item_leased_is_open check (lease_token is null or state in ('pending', 'sending')),
    constraint item_finished_at_iff_final check ((finished_at is not null) = (state not in ('pending', 'sending'))),
    constraint item_refused_has_error check (state not in ('rejected', 'failed', 'held') or error is not null),
    constraint item_reused_has_source check ((reused_from is not null) = (state = 'reused')),
    constraint item_counters_not_negative check (calls >= 0 and attempts >= 0 and unknowns >= 0 and unsent >= 0)
    -- An item is updated about four times: room on the page keeps updates of unindexed columns there.
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
create unique index item_key on item (batch_id, key);
create unique index item_output_name on item (batch_id, output_name);
create index item_claimable on item (batch_id, not_before, id) where state = 'pending' and lease_owner is null;
create index item_leased on item (batch_id, lease_owner) where lease_owner is not null;
create index item_canary on item (batch_id, not_before, id) where canary and state in ('pending', 'sending');
create index item_waiting on item (batch_id, fingerprint) where not_before = 'infinity' and state = 'pending';
create index item_edit_key on item (edit_key, id) where edit_key is not null;
create index item_reused_from on item (reused_from) where reused_from is not null;
-- Pages of items: by state, and by the reason of those that didn't succeed.
create index item_state_id on item (batch_id, state, id);
create index item_reason on item (batch_id, ((error ->> 'class') || '/' || coalesce(error ->> 'code', '')), id) where state in ('rejected', 'failed', 'held');
-- A batch's pace is computed from the items that ended lately.
create index item_finished on item (batch_id, finished_at) where finished_at is not null;
-- The contact sheet lists images that are being made again next to the others. They are few, so this index is small and other items' writes skip it.
create index item_made_again on item (batch_id, id) where pay_again and state not in ('succeeded', 'reused');

create table attempt (
    id            bigint generated always as identity primary key,
    item_id       bigint not null references item (id) on delete cascade,
    batch_id      text collate "C" not null,
    number        integer not null,
    state         text not null default 'sending',
    process_id    bigint not null,
    started_at    timestamptz not null default now(),
    finished_at   timestamptz,
    http_status   smallint,
    request_id    text,
    error         jsonb,
    usage         jsonb,
    -- The most that the call may cost, from its beginning until it is settled, where a budget applies; else null.
    reserved_usd  numeric(20, 10),
    -- The OpenTelemetry trace of the attempt, where one was recorded: 16 bytes, printed as 32 hex digits.
    trace_id      uuid,
    constraint attempt_once unique (item_id, number),
    constraint attempt_state_known check (state in ('sending', 'succeeded', 'adopted', 'rejected', 'throttled', 'halted', 'server_failed', 'not_sent', 'unknown')),
    constraint attempt_finished_iff_ended check ((finished_at is not null) = (state <> 'sending')),
    constraint attempt_refused_has_error check (state in ('sending', 'succeeded', 'adopted') or error is not null)
    -- An attempt is written when it begins and when it ends: room on the page keeps the second write there.
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

create table output (
    item_id       bigint not null references item (id) on delete cascade,
    number        smallint not null,
    attempt_id    bigint not null references attempt (id) on delete cascade,
    path          text collate "C" not null unique,
    bytes         bigint not null,
    sha256        text collate "C" not null,
    format        text not null,
    width         integer,
    height        integer,
    primary key (item_id, number),
    constraint output_bytes_positive check (bytes >= 0),
    constraint output_sha256_form check (sha256 ~ '^[0-9a-f]{64}$')
    -- Rows are only added: vacuum then marks pages as visible to all, so that sums are read from the index alone.
) with (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
-- Deleting an attempt deletes its outputs.
create index output_attempt on output (attempt_id);

-- Images that were replaced because a person had them made again. Their rows and files are kept: whatever was paid for stays in sight.
create table former_output (
    item_id       bigint not null references item (id) on delete cascade,
    number        smallint not null,
    attempt_id    bigint not null references attempt (id) on delete cascade,
    path          text not null unique,
    bytes         bigint not null,
    sha256        text not null,
    format        text not null,
    width         integer,
    height        integer,
    replaced_at   timestamptz not null default now(),
    primary key (attempt_id, number)
);
create index former_output_item on former_output (item_id);

-- Several statements halt, run and queue batches; the columns that follow from the state are set here once.
create function batch_note_halt() returns trigger
language plpgsql as $$
begin
    if new.state = 'halted' then
        new.halted_at := coalesce(new.halted_at, now());
    else
        new.halted_at := null;
    end if;
    new.probing := new.probing and new.state in ('queued', 'running');
    return new;
end
$$;
create trigger batch_note_halt before update of state on batch for each row execute function batch_note_halt();

create function batch_note_running() returns trigger
language plpgsql as $$
begin
    if old.state <> 'running' then new.running_since := now(); end if;
    return new;
end
$$;
create trigger batch_note_running before update of state on batch for each row when (new.state = 'running') execute function batch_note_running();

-- A batch that is queued needs a new job.
create function batch_note_queued() returns trigger
language plpgsql as $$
begin
    new.job_at := null;
    return new;
end
$$;
create trigger batch_note_queued before update of state on batch for each row when (new.state = 'queued') execute function batch_note_queued();

-- Wakes every worker at commit, so that no worker has to poll: a queued batch needs a job, a running batch has items to claim.
create function tell_of_batch() returns trigger
language plpgsql as $$
begin
    perform pg_notify('darkroom_news', new.id);
    return null;
end
$$;
create trigger batch_news after insert or update of state on batch
    for each row when (new.state in ('queued', 'running')) execute function tell_of_batch();

-- Seconds until the batch's hours begin: 0 while calls may start.
create function batch_opens_in(p_from time, p_to time, p_zone text, p_at timestamptz) returns double precision
language sql stable as $$
    select case
        when p_from is null then 0
        when case when p_from < p_to then l.clock >= p_from and l.clock < p_to else l.clock >= p_from or l.clock < p_to end then 0
        else greatest(0, extract(epoch from (l.at::date + p_from + case when l.clock >= p_from then interval '1 day' else interval '0' end) at time zone p_zone - p_at))
        end::double precision
    from (select p_at at time zone coalesce(p_zone, 'UTC') as at, (p_at at time zone coalesce(p_zone, 'UTC'))::time as clock) l
$$;

-- Seconds until the batch's hours end; null where calls may always start.
create function batch_closes_in(p_from time, p_to time, p_zone text, p_at timestamptz) returns double precision
language sql stable as $$
    select case when p_from is not null then greatest(0, extract(epoch from
        (l.at::date + p_to + case when l.at::time >= p_to then interval '1 day' else interval '0' end) at time zone p_zone - p_at)) end::double precision
    from (select p_at at time zone coalesce(p_zone, 'UTC') as at) l
$$;

-- The breaker. A fault of the set-up isn't a fault of each row: when all answers of a batch end alike and none succeeds, the batch is halted, and
-- resuming puts back what was refused.
-- One row per batch. A success writes the row only where there is something to reset, so workers of a batch that goes well don't wait for each other.
create table breaker (
    batch_id    text collate "C" primary key references batch (id) on delete cascade,
    -- Class, code and param that the last answers ended with, and how many answers in a row did.
    alike       text,
    run         integer not null default 0,
    -- Whether all answers since the batch began or was resumed belong to this run.
    is_first    boolean not null default true,
    -- What the last answer said; once tripped, why the batch was halted.
    said        text,
    -- Items of the run: those that the service refused, and those whose call may have been paid for.
    refused     bigint[] not null default '{}',
    unclear     bigint[] not null default '{}',
    -- Whether the breaker halted the batch and the batch hasn't been resumed.
    tripped     boolean not null default false,
    -- `alike` of the run that the last resume ended. A call that was out at that moment may still come back with it.
    former      text,
    resumed_at  timestamptz,
    constraint breaker_run_has_key check ((run > 0) = (alike is not null)),
    constraint breaker_tripped_has_run check (not tripped or run > 0),
    constraint breaker_former_was_resumed check (former is null or resumed_at is not null)
);

create function batch_breaker() returns trigger
language plpgsql as $$
begin
    insert into breaker (batch_id) values (new.id);
    return null;
end
$$;
create trigger batch_breaker after insert on batch for each row execute function batch_breaker();

-- Puts refused items back to pending, with fresh attempts; unknown outcomes stay counted. Of equal rows one runs first, as at the import.
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

-- Notes answers in the order they came, in the transaction that ended their items; p_alike is null for a success. Halts the batch when its first p_first
-- answers, or its last p_in_a_row answers, ended alike and none succeeded; 0 means never. The caller has locked the batches of refusals.
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
        -- Where the claim was lost nothing was written, so nothing is counted.
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
            -- A call that was out when the batch was halted, or the single call that a halted batch tried.
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

-- Starts counting again and puts back what the halt refused. Returns how many items were put back; of the items whose call may have been paid for, how many
-- stay ended and how many are called again by the batch's policy.
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
