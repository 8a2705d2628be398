-- What a batch may take at most, and at what hours: kept by all processes together.

alter table batch
    add column max_images_per_minute double precision,
    add column max_in_flight integer,
    -- Hours of the day in which calls may start, by the clock of a time zone; past midnight when the end is before the beginning.
    add column window_from time,
    add column window_to time,
    add column window_zone text,
    add constraint batch_max_images_positive check (max_images_per_minute > 0),
    add constraint batch_max_in_flight_positive check (max_in_flight > 0),
    add constraint batch_window_whole check ((window_from is null) = (window_to is null) and (window_from is null) = (window_zone is null)),
    add constraint batch_window_not_empty check (window_from <> window_to);

-- Seconds until calls may start: 0 while they may.
create function batch_opens_in(p_from time, p_to time, p_zone text, p_at timestamptz) returns double precision
language sql stable as $$
    select case
        when p_from is null then 0
        when case when p_from < p_to then l.clock >= p_from and l.clock < p_to else l.clock >= p_from or l.clock < p_to end then 0
        else greatest(0, extract(epoch from (l.at::date + p_from + case when l.clock >= p_from then interval '1 day' else interval '0' end) at time zone p_zone - p_at))
        end::double precision
    from (select p_at at time zone coalesce(p_zone, 'UTC') as at, (p_at at time zone coalesce(p_zone, 'UTC'))::time as clock) l
$$;

-- Seconds until calls may not start any more; null where they always may.
create function batch_closes_in(p_from time, p_to time, p_zone text, p_at timestamptz) returns double precision
language sql stable as $$
    select case when p_from is not null then greatest(0, extract(epoch from
        (l.at::date + p_to + case when l.at::time >= p_to then interval '1 day' else interval '0' end) at time zone p_zone - p_at)) end::double precision
    from (select p_at at time zone coalesce(p_zone, 'UTC') as at) l
$$;
