-- Batches, items, attempts, outputs, the ledger, limits, and who works on what.
-- State names are an API (Darkroom.Jobs.Batches.StateNames). Text keys compare by bytes (collate "C"): cheaper, and the same on every server.

create table batch (
    id            text collate "C" primary key,
    name          text not null,
    state         text not null,
    reason        text,
    detail        text,
    priority      smallint not null default 5,
    prompt        text,
    options       jsonb not null,
    tags          jsonb not null,
    on_unknown    text not null,
    max_attempts  smallint not null,
    item_count    integer not null default 0,
    created_at    timestamptz not null default now(),
    finished_at   timestamptz,
    constraint batch_id_form check (id ~ '^[0-9a-z][0-9a-z-]{3,60}$'),
    constraint batch_state_known check (state in
        ('importing', 'awaiting_approval', 'running', 'paused', 'halted', 'completed', 'completed_with_errors', 'canceled')),
    constraint batch_priority_range check (priority between 0 and 9),
    constraint batch_on_unknown_known check (on_unknown in ('retry', 'hold')),
    constraint batch_max_attempts_range check (max_attempts between 1 and 100),
    constraint batch_halted_has_reason check (state <> 'halted' or reason is not null),
    constraint batch_finished_at_iff_final check ((finished_at is not null) = (state in ('completed', 'completed_with_errors', 'canceled')))
);
create index batch_open on batch (priority desc, created_at) where state = 'running';
create index batch_newest on batch (created_at desc, id desc);

-- One row a worker process. Its lease stands for the leases of everything that it claimed, so that renewing is one row.
create table process (
    id            bigint generated always as identity primary key,
    host          text not null,
    pid           integer not null,
    version       text not null,
    takes_lanes   boolean not null,
    started_at    timestamptz not null default now(),
    lease_until   timestamptz not null
);

-- Fencing tokens: one for each claimed set, never used twice.
create sequence lease_token;

create table item (
    id            bigint generated always as identity primary key,
    batch_id      text collate "C" not null references batch (id),
    key           text collate "C" not null,
    state         text not null default 'pending',
    model         text collate "C" not null,
    input         jsonb not null,
    prompt        text not null,
    options       jsonb not null,
    output_name   text collate "C" not null,
    tags          jsonb not null,
    not_before    timestamptz not null default '-infinity',
    calls         integer not null default 0,
    attempts      smallint not null default 0,
    unknowns      smallint not null default 0,
    unsent        integer not null default 0,
    lease_owner   bigint,
    lease_token   bigint,
    reused_from   bigint,
    error         jsonb,
    finished_at   timestamptz,
    constraint item_state_known check (state in ('pending', 'sending', 'succeeded', 'reused', 'rejected', 'failed', 'held', 'canceled')),
    constraint item_lease_whole check ((lease_owner is null) = (lease_token is null)),
    constraint item_sending_is_leased check (state <> 'sending' or lease_token is not null),
    constraint item_leased_is_open check (lease_token is null or state in ('pending', 'sending')),
    constraint item_finished_at_iff_final check ((finished_at is not null) = (state not in ('pending', 'sending'))),
    constraint item_refused_has_error check (state not in ('rejected', 'failed', 'held') or error is not null),
    constraint item_reused_has_source check ((reused_from is not null) = (state = 'reused')),
    constraint item_counters_not_negative check (calls >= 0 and attempts >= 0 and unknowns >= 0 and unsent >= 0)
);
create unique index item_key on item (batch_id, key);
create unique index item_output_name on item (batch_id, output_name);
create index item_state on item (batch_id, state);
create index item_claimable on item (batch_id, not_before, id) where state = 'pending' and lease_owner is null;
create index item_leased on item (batch_id, lease_owner) where lease_owner is not null;
-- Rows are updated about four times in their life: room on the page keeps updates of unindexed columns there.
alter table item set (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

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
    constraint attempt_once unique (item_id, number),
    constraint attempt_state_known check (state in ('sending', 'succeeded', 'adopted', 'rejected', 'throttled', 'halted', 'server_failed', 'not_sent', 'unknown')),
    constraint attempt_finished_iff_ended check ((finished_at is not null) = (state <> 'sending')),
    constraint attempt_refused_has_error check (state in ('sending', 'succeeded', 'adopted') or error is not null)
);

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
);

-- Append-only. Stands by itself: it outlives the rows it speaks of. One row an attempt that was, or may have been, billed.
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
    constraint ledger_kind_known check (kind in ('reported', 'unreported', 'unconfirmed')),
    constraint ledger_reported_has_usage check ((kind = 'reported') = (usage is not null)),
    constraint ledger_tokens_not_negative check
        (input_text_tokens >= 0 and input_image_tokens >= 0 and output_text_tokens >= 0 and output_image_tokens >= 0 and images >= 0),
    constraint ledger_cost_not_negative check (cost_usd >= 0)
);
create index ledger_batch on ledger (batch_id);
create index ledger_item on ledger (item_id);
create index ledger_at on ledger (at);

create table lane (
    id            bigint generated always as identity primary key,
    batch_id      text collate "C" not null references batch (id) on delete cascade,
    state         text not null default 'queued',
    process_id    bigint,
    queued_at     timestamptz not null default now(),
    started_at    timestamptz,
    ended_at      timestamptz,
    constraint lane_state_known check (state in ('queued', 'running', 'ended')),
    constraint lane_running_has_process check (state <> 'running' or process_id is not null),
    constraint lane_ended_at_iff_ended check ((ended_at is not null) = (state = 'ended'))
);
create index lane_live on lane (batch_id) where state <> 'ended';

-- When the next call of a limits group may start, one row a dimension (GCRA's theoretical arrival time).
create table limit_bucket (
    limits_group  text collate "C" not null,
    dimension     text collate "C" not null,
    per_minute    double precision,
    next_at       timestamptz not null,
    primary key (limits_group, dimension),
    constraint limit_dimension_known check (dimension in ('requests', 'images', 'input_images', 'tokens')),
    constraint limit_positive check (per_minute > 0)
);

-- Calls in flight, by process: what a dead process held is free when its lease ends.
create table limit_slot (
    limits_group  text collate "C" not null,
    process_id    bigint not null references process (id) on delete cascade,
    held          integer not null,
    primary key (limits_group, process_id),
    constraint limit_slot_not_negative check (held >= 0)
);

-- Reserves starts for a set of calls of one group. Costs are given call by call, each over all of p_dimensions in turn.
-- A call starts when its scarcest dimension lets it; calls that could not start within p_horizon seconds are not reserved.
-- Returns one row a reserved call, in order, with its delay in seconds; and, with call = 0, the seconds until asking again makes sense.
create function limiter_reserve(
    p_group text, p_process bigint, p_max_in_flight integer, p_dimensions text[], p_rates double precision[], p_costs double precision[], p_horizon double precision)
returns table (call integer, delay double precision)
language plpgsql as $$
declare
    v_now      double precision;
    v_dims     integer := cardinality(p_dimensions);
    v_calls    integer := cardinality(p_costs) / cardinality(p_dimensions);
    v_next     double precision[];
    v_start    double precision;
    v_free     integer := v_calls;
    v_granted  integer := 0;
    v_held     integer;
begin
    insert into limit_bucket (limits_group, dimension, per_minute, next_at)
        select p_group, d.name, d.rate, now() from unnest(p_dimensions, p_rates) as d (name, rate)
        where not exists (select from limit_bucket b where b.limits_group = p_group and b.dimension = d.name)
        on conflict do nothing;
    perform from limit_bucket where limits_group = p_group order by dimension for update;
    -- The clock is read after the lock was had: now() is when the transaction began, and waiting for the lock may have taken long.
    v_now := extract(epoch from clock_timestamp());
    select array_agg(greatest(extract(epoch from b.next_at)::double precision, v_now) order by d.at)
        into v_next
        from unnest(p_dimensions) with ordinality as d (name, at)
        join limit_bucket b on b.limits_group = p_group and b.dimension = d.name;

    if p_max_in_flight is not null then
        select coalesce(sum(s.held), 0) into v_held
            from limit_slot s join process p on p.id = s.process_id
            where s.limits_group = p_group and p.lease_until > clock_timestamp();
        v_free := least(v_calls, greatest(0, p_max_in_flight - v_held));
    end if;

    for c in 1..v_free loop
        v_start := v_now;
        for d in 1..v_dims loop
            v_start := greatest(v_start, v_next[d]);
        end loop;
        if v_start > v_now + p_horizon then
            call := 0;
            delay := v_start - v_now - p_horizon;
            return next;
            exit;
        end if;
        for d in 1..v_dims loop
            if p_rates[d] is not null then
                v_next[d] := greatest(v_next[d], v_start) + p_costs[(c - 1) * v_dims + d] * 60 / p_rates[d];
            end if;
        end loop;
        v_granted := v_granted + 1;
        call := c;
        delay := v_start - v_now;
        return next;
    end loop;

    if v_granted = 0 and v_free = 0 then
        call := 0;
        delay := 0.2;
        return next;
    end if;
    if v_granted > 0 then
        update limit_bucket b set next_at = to_timestamp(v_next[d.at]), per_minute = p_rates[d.at]
            from unnest(p_dimensions) with ordinality as d (name, at)
            where b.limits_group = p_group and b.dimension = d.name;
        if p_max_in_flight is not null then
            insert into limit_slot as s (limits_group, process_id, held) values (p_group, p_process, v_granted)
                on conflict (limits_group, process_id) do update set held = s.held + excluded.held;
        end if;
    end if;
end
$$;
