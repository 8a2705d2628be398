-- The pace: what a service told of its limits or was found to bear, what was used, and starts that hold in every window of time.

alter table limit_bucket
    add column learned_per_minute double precision,
    add column learned_at timestamptz,
    add column learned_from text,
    -- Units of the last minute, in bins of ten seconds, the newest first; used_bin is the newest one's number since 1970.
    add column used double precision[] not null default '{0,0,0,0,0,0,0}',
    add column used_bin bigint not null default 0,
    -- The largest and the smallest call of the last minute: see limiter_reserve.
    add column lump double precision not null default 1,
    add column lump_least double precision not null default 1,
    add column lump_until timestamptz not null default '-infinity',
    add constraint limit_learned_whole check ((learned_per_minute is null) = (learned_at is null) and (learned_per_minute is null) = (learned_from is null)),
    add constraint limit_learned_positive check (learned_per_minute > 0),
    add constraint limit_learned_from_known check (learned_from in ('told', 'found', 'rising')),
    add constraint limit_used_bins check (cardinality(used) = 7);

-- A slow-down of a whole group: the share of the pace that was left right after it. It comes back by a tenth every five seconds.
create table limit_group (
    limits_group  text collate "C" primary key,
    slowed_to     double precision not null default 1,
    slowed_at     timestamptz not null default '-infinity',
    throttled     double precision[] not null default '{0,0,0,0,0,0,0}',
    throttled_bin bigint not null default 0,
    constraint limit_group_slowed_share check (slowed_to > 0 and slowed_to <= 1),
    constraint limit_group_bins check (cardinality(throttled) = 7)
);

-- Bins of ten seconds, brought forward to another bin.
create function limit_bins(p_bins double precision[], p_bin bigint, p_to bigint) returns double precision[]
language sql immutable as $$
    select case
        when p_bins is null or p_to <= p_bin then p_bins
        when p_to - p_bin >= 7 then '{0,0,0,0,0,0,0}'::double precision[]
        else (array_fill(0::double precision, array[(p_to - p_bin)::integer]) || p_bins)[1:7] end
$$;

-- The units of the last minute; of the oldest bin the part that still counts.
create function limit_used(p_bins double precision[], p_bin bigint, p_at double precision) returns double precision
language sql immutable as $$
    select b[1] + b[2] + b[3] + b[4] + b[5] + b[6] + b[7] * (1 - (p_at / 10 - floor(p_at / 10)))
    from limit_bins(p_bins, p_bin, floor(p_at / 10)::bigint) b
$$;

-- What a learned limit has grown to. One that was told stands for ten minutes and is then tried again, two in a hundred a minute; one that was found at a
-- refusal is tried again at once, one in two hundred a second; one that rises, since nothing is known yet, doubles every two seconds.
create function limit_learned(p_learned double precision, p_from text, p_age double precision) returns double precision
language sql immutable as $$
    select case when p_learned is not null then least(10000000, p_learned * exp(least(30, case p_from
        when 'told' then 0.02 / 60 * greatest(0, p_age - 600)
        when 'found' then 0.02 * greatest(0, p_age)
        else ln(2) / 2 * greatest(0, p_age) end))) end
$$;

-- The limit that holds: what is configured, unless the service was learned to bear less; where learning is on, whatever was learned.
create function limit_effective(p_configured double precision, p_learned double precision, p_learns boolean) returns double precision
language sql immutable as $$
    select case when p_learned is null then p_configured when p_learns then p_learned else least(p_configured, p_learned) end
$$;

-- The share of the pace that a slow-down has left by now.
create function limit_slowed(p_to double precision, p_age double precision) returns double precision
language sql immutable as $$
    select case when p_age > 100 then 1 else least(1, p_to + 0.1 * floor(greatest(0, p_age) / 5)) end
$$;

-- Reserves starts for a set of calls of one group. Costs are given call by call, each over all of p_dimensions in turn.
-- A call starts when its scarcest dimension lets it; calls that could not start within p_horizon seconds are not reserved.
-- Returns one row a reserved call, in order, with its delay in seconds; and, with call = 0, the seconds until asking again makes sense. server_at is the
-- server's time that the delays count from.
-- Each call pushes its dimensions' next start by its cost. With calls of one unit no window of p_window seconds then has more starts than the limit. With
-- larger ones it could have some more: so where all are equally large, they come as far apart as the whole number of them that a window takes; where they
-- differ, the pace leaves room for the largest of the last minute, and one larger than all before waits for that room. p_lumpy says which dimensions count so.
create function limiter_reserve(
    p_group text, p_process bigint, p_max_in_flight integer, p_dimensions text[], p_lumpy boolean[], p_rates double precision[], p_costs double precision[],
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
    v_lump     double precision[];
    v_least    double precision[];
    v_until    double precision[];
    v_wait     double precision[];
    v_unit     double precision[];
    v_share    double precision;
    v_cost     double precision;
    v_start    double precision;
    v_whole    double precision;
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
    v_bin := floor(v_now / 10);

    -- Where nothing is configured, told or found, and learning is on, the pace rises from two calls a second; after a rest it rises from what was used.
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
           array_agg(case when b.lump_until > to_timestamp(v_now) then b.lump else 0 end order by d.at),
           array_agg(case when b.lump_until > to_timestamp(v_now) then b.lump_least else 0 end order by d.at),
           array_agg(case when b.lump_until > to_timestamp(v_now) then extract(epoch from b.lump_until)::double precision else 0 end order by d.at),
           array_agg(0::double precision),
           array_agg(null::double precision)
        into v_next, v_rate, v_lump, v_least, v_until, v_used, v_unit
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
            if v_rate[d] is not null and p_lumpy[d] and v_lump[d] > 0 and v_cost > 0 and v_cost <> v_lump[d] then
                -- Room for the largest, once, when one larger than all before comes, or the first that isn't like the others.
                v_wait[d] := v_wait[d] + 60 / (v_rate[d] * v_share)
                    * case when v_lump[d] = v_least[d] then greatest(v_cost, v_lump[d]) - 1
                           else greatest(0, v_cost - v_lump[d]) * v_rate[d] * p_window / (v_rate[d] * p_window - 60 * least(v_lump[d], v_rate[d] * p_window / 60) + 60) end;
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
            if p_lumpy[d] and (v_lump[d] <> v_cost or v_least[d] <> v_cost or v_unit[d] is null) then
                if v_lump[d] = 0 then v_least[d] := v_cost; end if;
                v_lump[d] := greatest(v_lump[d], v_cost);
                v_least[d] := least(v_least[d], v_cost);
                v_whole := v_rate[d] * p_window / 60;
                v_unit[d] := case
                    when v_lump[d] > v_whole or v_lump[d] = 1 then 60 / v_rate[d]
                    when v_lump[d] = v_least[d] then p_window / floor(v_whole / v_lump[d] + 0.000001) / v_lump[d]
                    else p_window / (v_whole - v_lump[d] + 1) end;
            elsif v_unit[d] is null then
                v_unit[d] := 60 / v_rate[d];
            end if;
            v_until[d] := case when v_cost = v_lump[d] or v_until[d] = 0 then v_start + 60 else v_until[d] end;
            v_next[d] := greatest(v_next[d], v_start) + v_cost * v_unit[d] / v_share;
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
                lump = greatest(v_lump[d.at], 1), lump_least = greatest(v_least[d.at], 1), lump_until = to_timestamp(v_until[d.at])
            from unnest(p_dimensions) with ordinality as d (name, at)
            where b.limits_group = p_group and b.dimension = d.name;
        if p_max_in_flight is not null then
            insert into limit_slot as s (limits_group, process_id, held) values (p_group, p_process, v_granted)
                on conflict (limits_group, process_id) do update set held = s.held + excluded.held;
        end if;
    end if;
end
$$;

-- Settles calls that have ended: their places in flight, and what their tokens turned out to be, less than reserved (below zero) or more.
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

-- Learns from an answer. p_limits are what it told, by dimension, null where it told none. p_kind: 'answered', 'throttled' or 'slowed'. p_hold: seconds in which
-- no call of the group may start.
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

    -- A call refused at a pace that the service itself names came early or late by chance: a unit's time is enough, and a longer rest would be lost.
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

    -- Refused without a number. Where no limit is known, or one is being tried, it lies below the pace of just now; at most one such step every two seconds.
    if not v_told and v_used > 0 and exists (select from limit_bucket b where b.limits_group = p_group and b.dimension = 'requests' and b.per_minute is null
                              and (b.learned_from is null or b.learned_from <> 'told'))
       and not exists (select from limit_bucket b where b.limits_group = p_group and b.dimension <> 'requests' and (b.per_minute is not null or b.learned_from = 'told')) then
        if v_since is null or v_since > 2 then
            update limit_bucket b
                set learned_per_minute = greatest(60, least(coalesce(v_rate, 'infinity'), greatest(v_used, v_burst)) * case when b.learned_from = 'found' then 0.9 else 0.6 end),
                    learned_at = to_timestamp(v_now), learned_from = 'found'
                where b.limits_group = p_group and b.dimension = 'requests';
        end if;
    -- Slowed, or refused although the pace is known: somebody else uses the account, too. Single refusals are chance.
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
