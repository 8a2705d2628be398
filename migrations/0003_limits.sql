-- Limits of the service, kept by all processes together: when the next call may start, what the service told, and what was learned from its answers.
-- A limits_group is a group's name followed by @ and a hash of endpoint and key (limit_scope), or batch:ID for a batch's own caps.
--
-- Pacing is GCRA (the generic cell rate algorithm) without burst tolerance. Each dimension (requests, images, ...) has a theoretical arrival time,
-- limit_bucket.next_at: the earliest start of the next call. A call starts at the latest such time of its dimensions, or now, and then moves each of them on
-- by its units times the dimension's emission interval (seconds per unit).

create table limit_bucket (
    limits_group       text collate "C" not null,
    dimension          text collate "C" not null,
    per_minute         double precision,
    next_at            timestamptz not null,
    learned_per_minute double precision,
    learned_at         timestamptz,
    learned_from       text,
    -- Units of the last minute, in bins of ten seconds, the newest first; used_bin is the newest bin's number since 1970.
    used               double precision[] not null default '{0,0,0,0,0,0,0}',
    used_bin           bigint not null default 0,
    -- The most and the fewest units that one call has taken lately; they hold until call_sizes_until. See limit_emission_interval.
    largest_call       double precision not null default 1,
    smallest_call      double precision not null default 1,
    call_sizes_until   timestamptz not null default '-infinity',
    primary key (limits_group, dimension),
    constraint limit_dimension_known check (dimension in ('requests', 'images', 'input_images', 'tokens')),
    constraint limit_positive check (per_minute > 0),
    constraint limit_learned_whole check ((learned_per_minute is null) = (learned_at is null) and (learned_per_minute is null) = (learned_from is null)),
    constraint limit_learned_positive check (learned_per_minute > 0),
    constraint limit_learned_from_known check (learned_from in ('told', 'found', 'rising')),
    constraint limit_used_bins check (cardinality(used) = 7)
    -- A few rows, written many times a second: vacuumed by count, since a share of so few rows is reached constantly or never.
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Calls in flight, per process: a dead process's places are free when its lease ends.
create table limit_slot (
    limits_group  text collate "C" not null,
    process_id    bigint not null references process (id) on delete cascade,
    held          integer not null,
    primary key (limits_group, process_id),
    constraint limit_slot_not_negative check (held >= 0)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create table limit_group (
    limits_group  text collate "C" primary key,
    -- A slow-down of the whole group: the share of the pace that was left right after it. The pace comes back by a tenth every five seconds.
    slowed_to     double precision not null default 1,
    slowed_at     timestamptz not null default '-infinity',
    -- Refused calls of the last minute, in bins as limit_bucket.used.
    throttled     double precision[] not null default '{0,0,0,0,0,0,0}',
    throttled_bin bigint not null default 0,
    -- Total seconds by which the group's starts have been put off. Only its growth since a reservation means anything.
    put_off       double precision not null default 0,
    -- Since when the service has refused every call of the group for its limits; when it told a wait, and until when; its last words. Null after a success.
    refused_since timestamptz,
    refused_at    timestamptz,
    refused_until timestamptz,
    refused_words text,
    constraint limit_group_slowed_share check (slowed_to > 0 and slowed_to <= 1),
    constraint limit_group_bins check (cardinality(throttled) = 7),
    constraint limit_group_refused_whole check (num_nulls(refused_since, refused_at, refused_until, refused_words) in (0, 4))
);

-- The name, endpoint and key that a limits_group stands for.
create table limit_scope (
    limits_group text collate "C" primary key,
    name         text collate "C" not null,
    scope        text collate "C" not null,
    endpoint     text not null,
    -- Never the key itself: the first characters of its SHA-256, or the account.
    key_name     text not null,
    constraint limit_scope_key check (limits_group = name || '@' || scope)
);
create index limit_scope_of on limit_scope (scope);

-- Limits that a service tells under its own names, such as pixels or requests per day. Nobody knows what a call takes of them, so they set no pace: they are
-- shown, and no call starts while they have run out.
create table limit_told (
    limits_group  text collate "C" not null,
    dimension     text collate "C" not null,
    per_window    double precision not null,
    remaining     double precision,
    resets_at     timestamptz,
    told_at       timestamptz not null,
    primary key (limits_group, dimension),
    constraint limit_told_positive check (per_window > 0),
    constraint limit_told_remaining check (remaining >= 0),
    constraint limit_told_name check (length(dimension) between 1 and 64)
);

-- Waits that services told (429 or 503 with a time), so that pages can say until when and why. limit_bucket.next_at holds the calls; this row has the words.
create table limit_hold (
    limits_group  text collate "C" primary key,
    -- When the first of the waits began that followed each other without a break.
    since         timestamptz not null,
    told_at       timestamptz not null,
    held_until    timestamptz not null,
    -- What the service asked for; later than held_until where Darkroom asks again sooner.
    asked_until   timestamptz not null,
    status        smallint,
    words         text not null,
    constraint limit_hold_words_short check (length(words) <= 300),
    constraint limit_hold_in_order check (since <= told_at)
);

-- When an endpoint last gave an image with a model, to within an hour. Until it has, only a few calls are out at a time.
create table proven (
    endpoint    text collate "C" not null,
    model       text collate "C" not null,
    at          timestamptz not null default now(),
    primary key (endpoint, model)
);

-- Moves bins of ten seconds forward to bin p_to.
create function limit_bins(p_bins double precision[], p_bin bigint, p_to bigint) returns double precision[]
language sql immutable as $$
    select case
        when p_bins is null or p_to <= p_bin then p_bins
        when p_to - p_bin >= 7 then '{0,0,0,0,0,0,0}'::double precision[]
        else (array_fill(0::double precision, array[(p_to - p_bin)::integer]) || p_bins)[1:7] end
$$;

-- The units of the last minute. Of the oldest bin only the part within the minute counts.
create function limit_used(p_bins double precision[], p_bin bigint, p_at double precision) returns double precision
language sql immutable as $$
    select b[1] + b[2] + b[3] + b[4] + b[5] + b[6] + b[7] * (1 - (p_at / 10 - floor(p_at / 10)))
    from limit_bins(p_bins, p_bin, floor(p_at / 10)::bigint) b
$$;

-- What a learned limit has grown to after p_age seconds. 'told': it stands for ten minutes, then grows by 2 % per minute. 'found' at a refusal: it grows by 2 %
-- per second. 'rising', while nothing is known: it doubles every two seconds.
create function limit_learned(p_learned double precision, p_from text, p_age double precision) returns double precision
language sql immutable as $$
    select case when p_learned is not null then least(10000000, p_learned * exp(least(30, case p_from
        when 'told' then 0.02 / 60 * greatest(0, p_age - 600)
        when 'found' then 0.02 * greatest(0, p_age)
        else ln(2) / 2 * greatest(0, p_age) end))) end
$$;

-- The limit that holds: the configured one, unless the service was learned to bear less; where learning is on, whatever was learned.
create function limit_effective(p_configured double precision, p_learned double precision, p_learns boolean) returns double precision
language sql immutable as $$
    select case when p_learned is null then p_configured when p_learns then p_learned else least(p_configured, p_learned) end
$$;

-- The share of the pace that is left p_age seconds after a slow-down to p_to.
create function limit_slowed(p_to double precision, p_age double precision) returns double precision
language sql immutable as $$
    select case when p_age > 100 then 1 else least(1, p_to + 0.1 * floor(greatest(0, p_age) / 5)) end
$$;

-- The emission interval of GCRA: seconds by which one unit moves the next start on.
--   p_rate      limit, in units per minute
--   p_window    the window that the service counts by, in seconds
--   p_smallest  the fewest and
--   p_largest   the most units that one call takes
-- The window holds W = p_rate * p_window / 60 units.
-- If every call takes one unit, the interval is 60 / p_rate, and no window holds more than W units.
-- Calls that take several units at once would overrun W: a call may start as soon as the units of the calls before it have passed, so a window could hold
-- almost W units and then the whole of its last call. Hence:
--   All calls take n units: a window has room for floor(W / n) whole calls, which come equally far apart: p_window / floor(W / n) / n per unit.
--   Calls differ, at most L units: the last call of a window needs room for L, all others share what is left: p_window / (W - L + 1) per unit.
--   (The calls of a window but its last took less than p_window, so they have fewer than W - L + 1 units; with the last call that is at most W.)
--   A call of more than W units fits into no window: the interval stays 60 / p_rate.
-- Example: 10 images per minute, window 60 s, so W = 10. Calls of one image: 6 s apart. Calls of four: floor(10 / 4) = 2 fit, so 30 s apart, 7.5 s per image;
-- at 6 s per image they would start at 0, 24 and 48 s: twelve images in one minute. Calls of one to four: 60 / (10 - 4 + 1) = 8.57 s per image; four images at
-- 0 s, two at 34.3 s and four at 51.4 s are ten, and the next call starts at 85.7 s.
create function limit_emission_interval(p_rate double precision, p_window double precision, p_smallest double precision, p_largest double precision)
returns double precision language sql immutable as $$
    select case
        when p_largest > p_rate * p_window / 60 or p_largest = 1 then 60 / p_rate
        -- The millionth keeps a whole number that floating point has just missed.
        when p_largest = p_smallest then p_window / floor(p_rate * p_window / 60 / p_largest + 0.000001) / p_largest
        else p_window / (p_rate * p_window / 60 - p_largest + 1) end
$$;

-- Seconds that a call of p_units waits beyond its theoretical arrival time because it differs from the largest call before it. Those calls came at an interval
-- that left too little room for it: limit_emission_interval changes only after it. p_share is the part of the pace in use (see limit_slowed and the margin).
--   Calls were all equal: their interval may leave no room at all, so the call waits for all but one unit of the larger size, at 60 / p_rate each.
--   Calls differed: their interval left room for p_largest, so the call waits for the units that it has more than that, at the same interval.
-- Example as above (10 images per minute, window 60 s, full share): after calls of one image, a call of four waits (4 - 1) * 6 = 18 s longer; after calls of one
-- to two images (6.67 s per image) it waits (4 - 2) * 6.67 = 13.3 s longer.
create function limit_wait_for_room(
    p_rate double precision, p_window double precision, p_share double precision, p_smallest double precision, p_largest double precision, p_units double precision)
returns double precision language sql immutable as $$
    select 60 / (p_rate * p_share) * case
        when p_largest = p_smallest then greatest(p_units, p_largest) - 1
        -- p_rate * p_window / (...) is W / (W - L + 1): it turns 60 / p_rate into the interval of calls that differ.
        else greatest(0, p_units - p_largest) * p_rate * p_window / (p_rate * p_window - 60 * least(p_largest, p_rate * p_window / 60) + 60) end
$$;

-- Reserves starts for a set of calls of one group. p_costs has the units call by call, for each call over all of p_dimensions in turn.
-- A call starts when its scarcest dimension lets it; calls that couldn't start within p_horizon seconds aren't reserved.
-- Returns one row per reserved call, in order, with its delay in seconds; and a row with call = 0 and the seconds until asking again makes sense. server_at is
-- the database's time that the delays count from.
-- p_takes_several names the dimensions in which a call takes several units at once that one window must have room for.
-- p_window: seconds of the service's window. p_margin: the share of the pace that is left unused. p_learns: whether learned limits replace configured ones.
create function limiter_reserve(
    p_group text, p_process bigint, p_max_in_flight integer, p_dimensions text[], p_takes_several boolean[], p_rates double precision[], p_costs double precision[],
    p_horizon double precision, p_window double precision, p_margin double precision, p_learns boolean)
returns table (call integer, delay double precision, server_at double precision)
language plpgsql as $$
declare
    v_now      double precision;
    v_bin      bigint;
    v_dims     integer := cardinality(p_dimensions);
    v_calls    integer := cardinality(p_costs) / cardinality(p_dimensions);
    v_next     double precision[];
    v_rate     double precision[];
    v_used     double precision[];
    v_largest  double precision[];
    v_smallest double precision[];
    v_until    double precision[];
    v_wait     double precision[];
    v_interval double precision[];
    v_share    double precision;
    v_cost     double precision;
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
    -- Read the clock after taking the lock: now() is when the transaction began, and waiting for the lock may have taken long.
    v_now := extract(epoch from clock_timestamp());
    v_bin := floor(v_now / 10);

    -- Where learning is on and no limit is configured, told or found, the pace rises from two calls per second, or after a rest from what was used.
    if p_learns and p_rates[1] is null then
        update limit_bucket b
            set learned_per_minute = greatest(120, least(2 * limit_used(b.used, b.used_bin, v_now), coalesce(b.learned_per_minute, 120) * 1000)),
                learned_at = to_timestamp(v_now), learned_from = 'rising'
            where b.limits_group = p_group and b.dimension = p_dimensions[1]
              and (b.learned_from is null or b.learned_from = 'rising' and b.next_at < to_timestamp(v_now - 5))
              and not exists (select from limit_bucket k where k.limits_group = p_group and k.learned_from in ('told', 'found'))
              and not exists (select from unnest(p_rates) r where r is not null);
        update limit_bucket b set learned_per_minute = null, learned_at = null, learned_from = null
            where b.limits_group = p_group and b.learned_from = 'rising'
              and exists (select from limit_bucket k where k.limits_group = p_group and k.learned_from in ('told', 'found'));
    end if;

    select (1 - p_margin) * coalesce((select limit_slowed(g.slowed_to, v_now - extract(epoch from g.slowed_at)::double precision)
                                      from limit_group g where g.limits_group = p_group), 1) into v_share;
    select array_agg(greatest(extract(epoch from b.next_at)::double precision, v_now) order by d.at),
           array_agg(limit_effective(d.rate, limit_learned(b.learned_per_minute, b.learned_from, v_now - extract(epoch from b.learned_at)::double precision), p_learns) order by d.at),
           array_agg(case when b.call_sizes_until > to_timestamp(v_now) then b.largest_call else 0 end order by d.at),
           array_agg(case when b.call_sizes_until > to_timestamp(v_now) then b.smallest_call else 0 end order by d.at),
           array_agg(case when b.call_sizes_until > to_timestamp(v_now) then extract(epoch from b.call_sizes_until)::double precision else 0 end order by d.at),
           array_agg(0::double precision),
           array_agg(null::double precision)
        into v_next, v_rate, v_largest, v_smallest, v_until, v_used, v_interval
        from unnest(p_dimensions, p_rates) with ordinality as d (name, rate, at)
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
            v_wait[d] := v_next[d];
            v_cost := p_costs[(c - 1) * v_dims + d];
            if v_rate[d] is not null and p_takes_several[d] and v_largest[d] > 0 and v_cost > 0 and v_cost <> v_largest[d] then
                v_wait[d] := v_wait[d] + limit_wait_for_room(v_rate[d], p_window, v_share, v_smallest[d], v_largest[d], v_cost);
            end if;
            v_start := greatest(v_start, v_wait[d]);
        end loop;
        if v_start > v_now + p_horizon then
            call := 0;
            delay := v_start - v_now - p_horizon;
            server_at := v_now;
            return next;
            exit;
        end if;
        for d in 1..v_dims loop
            v_cost := p_costs[(c - 1) * v_dims + d];
            v_used[d] := v_used[d] + v_cost;
            continue when v_rate[d] is null or v_cost = 0;
            if p_takes_several[d] and (v_largest[d] <> v_cost or v_smallest[d] <> v_cost or v_interval[d] is null) then
                if v_largest[d] = 0 then v_smallest[d] := v_cost; end if;
                v_largest[d] := greatest(v_largest[d], v_cost);
                v_smallest[d] := least(v_smallest[d], v_cost);
                v_interval[d] := limit_emission_interval(v_rate[d], p_window, v_smallest[d], v_largest[d]);
            elsif v_interval[d] is null then
                v_interval[d] := 60 / v_rate[d];
            end if;
            -- The sizes are remembered for a minute after the last call of the largest.
            v_until[d] := case when v_cost = v_largest[d] or v_until[d] = 0 then v_start + 60 else v_until[d] end;
            v_next[d] := greatest(v_next[d], v_start) + v_cost * v_interval[d] / v_share;
        end loop;
        v_granted := v_granted + 1;
        call := c;
        delay := v_start - v_now;
        server_at := v_now;
        return next;
    end loop;

    if v_granted = 0 and v_free = 0 then
        call := 0;
        delay := 0.2;
        server_at := v_now;
        return next;
    end if;
    if v_granted > 0 then
        update limit_bucket b
            set next_at = to_timestamp(v_next[d.at]), per_minute = p_rates[d.at],
                used = (select array[u.bins[1] + v_used[d.at]] || u.bins[2:7] from (select limit_bins(b.used, b.used_bin, v_bin) as bins) u), used_bin = v_bin,
                largest_call = greatest(v_largest[d.at], 1), smallest_call = greatest(v_smallest[d.at], 1), call_sizes_until = to_timestamp(v_until[d.at])
            from unnest(p_dimensions) with ordinality as d (name, at)
            where b.limits_group = p_group and b.dimension = d.name;
        if p_max_in_flight is not null then
            insert into limit_slot as s (limits_group, process_id, held) values (p_group, p_process, v_granted)
                on conflict (limits_group, process_id) do update set held = s.held + excluded.held;
        end if;
    end if;
end
$$;

-- By how many seconds the group's starts have been put off so far. A function, so that it reads after the reservation beside it has got its locks.
create function limiter_put_off(p_group text) returns double precision
language sql volatile as $$
    select coalesce((select put_off from limit_group where limits_group = p_group), 0)
$$;

-- Calls that began late follow others too closely, so what is reserved after them, by any process, is put off. p_until is put_off at their reservation plus the
-- lateness of the latest; p_units are their total units by dimension. The starts move by the lateness or by the time of those units, whichever is less.
-- Only where the service refused more than one call in two hundred within half a minute: keeping late calls apart costs a twentieth of the pace at a thousand
-- calls per second, while a refused call costs a moment and no money.
create function limiter_began_late(p_group text, p_until double precision, p_dimensions text[], p_units double precision[]) returns void
language plpgsql as $$
declare
    v_bin    bigint := floor(extract(epoch from clock_timestamp()) / 10);
    v_excess double precision;
    v_most   double precision;
begin
    if not exists (select from limit_group g join limit_bucket b on b.limits_group = g.limits_group and b.dimension = 'requests',
                   limit_bins(g.throttled, g.throttled_bin, v_bin) t, limit_bins(b.used, b.used_bin, v_bin) u
                   where g.limits_group = p_group and t[1] + t[2] + t[3] > (u[1] + u[2] + u[3]) / 200) then
        return;
    end if;
    perform from limit_bucket where limits_group = p_group order by dimension for update;
    select p_until - g.put_off into v_excess from limit_group g where g.limits_group = p_group for update;
    if v_excess <= 0 then return; end if;
    with late as (
        select b.dimension, least(v_excess, d.units * 60 / coalesce(least(b.per_minute, b.learned_per_minute), b.per_minute, b.learned_per_minute)) as by
        from limit_bucket b join unnest(p_dimensions, p_units) as d (name, units) on b.dimension = d.name
        where b.limits_group = p_group and coalesce(b.per_minute, b.learned_per_minute) is not null
    ), moved as (
        update limit_bucket b set next_at = b.next_at + make_interval(secs => l.by)
            from late l where b.limits_group = p_group and b.dimension = l.dimension and l.by > 0
            returning l.by
    )
    select max(m.by) into v_most from moved m;
    update limit_group g set put_off = g.put_off + coalesce(v_most, 0) where g.limits_group = p_group;
end
$$;

-- Settles calls that have ended: frees their places in flight, and books by how many tokens they differ from the reservation (below zero: fewer).
create function limiter_settle(p_group text, p_process bigint, p_slots integer, p_tokens double precision) returns void
language plpgsql as $$
declare
    v_now double precision := extract(epoch from clock_timestamp());
begin
    if p_slots > 0 then
        update limit_slot set held = greatest(0, held - p_slots) where limits_group = p_group and process_id = p_process;
    end if;
    if p_tokens <> 0 then
        update limit_bucket b
            set next_at = to_timestamp(greatest(extract(epoch from b.next_at)::double precision, v_now) + p_tokens * 60 / e.rate),
                used = (select array[greatest(0, u.bins[1] + p_tokens)] || u.bins[2:7] from (select limit_bins(b.used, b.used_bin, floor(v_now / 10)::bigint) as bins) u),
                used_bin = floor(v_now / 10)
            from (select coalesce(least(k.per_minute, k.learned_per_minute), k.per_minute, k.learned_per_minute, 'infinity') as rate
                  from limit_bucket k where k.limits_group = p_group and k.dimension = 'tokens') e
            where b.limits_group = p_group and b.dimension = 'tokens';
    end if;
end
$$;

-- Learns from an answer. p_limits are the limits that it told, by dimension, null where it told none. p_kind: 'answered', 'throttled' or 'slowed'. p_hold:
-- seconds in which no call of the group may start.
create function limiter_learn(p_group text, p_dimensions text[], p_limits double precision[], p_kind text, p_hold double precision) returns void
language plpgsql as $$
declare
    v_now   double precision;
    v_bin   bigint;
    v_told  boolean := exists (select from unnest(p_limits) l where l is not null);
    v_used  double precision;
    v_burst double precision;
    v_recent double precision;
    v_rate  double precision;
    v_many  boolean;
    v_slow  double precision;
    v_hold  double precision;
    v_since double precision;
begin
    insert into limit_bucket (limits_group, dimension, next_at)
        select p_group, d.name, now() from unnest(p_dimensions || array['requests']) as d (name)
        where not exists (select from limit_bucket b where b.limits_group = p_group and b.dimension = d.name)
        on conflict do nothing;
    insert into limit_group (limits_group) values (p_group) on conflict do nothing;
    perform from limit_bucket where limits_group = p_group order by dimension for update;
    perform from limit_group where limits_group = p_group for update;
    v_now := extract(epoch from clock_timestamp());
    v_bin := floor(v_now / 10);

    -- A call refused at the pace that the service itself names came early by chance: waiting for one unit is enough, and a longer wait would be lost.
    select least(p_hold, min(60 / t.value)) into v_hold
        from limit_bucket b join unnest(p_dimensions, p_limits) as t (name, value) on b.dimension = t.name
        where b.limits_group = p_group and p_kind = 'throttled' and t.value > 0 and least(b.per_minute, b.learned_per_minute) <= t.value * 1.001;

    update limit_bucket b set learned_per_minute = t.value, learned_at = to_timestamp(v_now), learned_from = 'told'
        from unnest(p_dimensions, p_limits) as t (name, value)
        where b.limits_group = p_group and b.dimension = t.name and t.value > 0;
    v_hold := coalesce(v_hold, p_hold);
    if v_hold > 0 then
        update limit_bucket b set next_at = greatest(b.next_at, to_timestamp(v_now + v_hold)) where b.limits_group = p_group and b.dimension = 'requests';
    end if;
    if p_kind = 'answered' then return; end if;

    select limit_used(b.used, b.used_bin, v_now), u.bins[1] * 6, u.bins[1] + u.bins[2],
           limit_effective(b.per_minute, limit_learned(b.learned_per_minute, b.learned_from, v_now - extract(epoch from b.learned_at)::double precision), false),
           v_now - extract(epoch from b.learned_at)::double precision
        into v_used, v_burst, v_recent, v_rate, v_since
        from limit_bucket b, lateral (select limit_bins(b.used, b.used_bin, v_bin) as bins) u where b.limits_group = p_group and b.dimension = 'requests';
    select limit_slowed(g.slowed_to, v_now - extract(epoch from g.slowed_at)::double precision),
           b.recent + 1 >= greatest(4, 0.05 * v_recent) and v_now - extract(epoch from g.slowed_at)::double precision > 2
        into v_slow, v_many
        from limit_group g, lateral (select x[1] + x[2] as recent from limit_bins(g.throttled, g.throttled_bin, v_bin) x) b where g.limits_group = p_group;
    update limit_group g
        set throttled = (select array[u.bins[1] + 1] || u.bins[2:7] from (select limit_bins(g.throttled, g.throttled_bin, v_bin) as bins) u), throttled_bin = v_bin
        where g.limits_group = p_group;

    -- Refused without a number. Where no limit is known, or one is being tried, the limit is below the present pace; at most one step down every two seconds.
    if not v_told and v_used > 0 and exists (select from limit_bucket b where b.limits_group = p_group and b.dimension = 'requests' and b.per_minute is null
                              and (b.learned_from is null or b.learned_from <> 'told'))
       and not exists (select from limit_bucket b where b.limits_group = p_group and b.dimension <> 'requests' and (b.per_minute is not null or b.learned_from = 'told')) then
        if v_since is null or v_since > 2 then
            update limit_bucket b
                set learned_per_minute = greatest(60, least(coalesce(v_rate, 'infinity'), greatest(v_used, v_burst)) * case when b.learned_from = 'found' then 0.9 else 0.6 end),
                    learned_at = to_timestamp(v_now), learned_from = 'found'
                where b.limits_group = p_group and b.dimension = 'requests';
        end if;
    -- Slowed, or refused although the pace is known: somebody else uses the account, too. Single refusals are chance and change nothing.
    elsif p_kind = 'slowed' and v_slow > 0.05 then
        update limit_group g set slowed_to = greatest(0.05, v_slow * 0.5), slowed_at = to_timestamp(v_now)
            where g.limits_group = p_group and v_now - extract(epoch from g.slowed_at)::double precision > 1;
    elsif p_kind = 'throttled' and v_many and not v_told then
        update limit_group g set slowed_to = greatest(0.05, v_slow * 0.7), slowed_at = to_timestamp(v_now) where g.limits_group = p_group;
    elsif p_kind = 'throttled' and v_many then
        update limit_group g set slowed_to = greatest(0.05, v_slow * 0.9), slowed_at = to_timestamp(v_now) where g.limits_group = p_group;
    end if;
end
$$;

-- A call of the group succeeded: the count of refusals ends.
create function limiter_succeeded(p_group text) returns void
language sql as $$
    update limit_group set refused_since = null, refused_at = null, refused_until = null, refused_words = null where limits_group = p_group and refused_since is not null
$$;

-- Notes that a call was refused for the group's limits. p_wait: seconds that the service told to wait. p_gap: seconds that refusals may go on. After a wait and a
-- pause longer than p_gap the count begins again. A wait longer than p_gap is waited out: refusals before its end don't count.
-- Returns the seconds for which every call of the group was refused while this batch ran; infinity for the one call that is tried after such a halt.
create function limiter_refused(p_group text, p_batch text, p_wait double precision, p_gap double precision, p_words text) returns double precision
language plpgsql as $$
declare
    v_gap   interval := make_interval(secs => p_gap);
    v_now   timestamptz;
    v_since timestamptz;
    v_at    timestamptz;
    v_until timestamptz;
    v_held  boolean;
begin
    insert into limit_group (limits_group) values (p_group) on conflict do nothing;
    select refused_since, refused_at, refused_until into v_since, v_at, v_until from limit_group where limits_group = p_group for update;
    v_now := clock_timestamp();
    if v_since is null or v_until + v_gap < v_now then
        v_since := v_now;
        v_until := null;
    end if;
    v_held := coalesce(v_until > v_now and v_until - v_at > v_gap, false);
    if not v_held then
        v_at := v_now;
        v_until := greatest(v_until, v_now + make_interval(secs => p_wait));
    end if;
    update limit_group set refused_since = v_since, refused_at = v_at, refused_until = v_until, refused_words = p_words where limits_group = p_group;
    return (select case when b.probing and b.reason = 'throttled' then 'infinity'
                        when v_held then 0
                        else greatest(0, extract(epoch from v_now - greatest(v_since, b.running_since))) end::double precision
            from batch b where b.id = p_batch);
end
$$;
