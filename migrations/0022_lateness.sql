-- compatible
-- Calls that begin later than reserved follow others too closely, and what is reserved after them, by any process, keeps away from them.

-- Seconds by which a group's starts have been put off, all told: only its growth since a reservation tells anything.
alter table limit_group add column put_off double precision not null default 0;

-- By how much the group's starts have been put off. A function, so that it is read after the reservation before it had its locks.
create function limiter_put_off(p_group text) returns double precision
language sql volatile as $$
    select coalesce((select put_off from limit_group where limits_group = p_group), 0)
$$;

-- Calls that have begun late: p_until is what had been put off at their reservation, and the lateness of the latest beside it; p_units are their costs by
-- dimension, all together. In a window of time they are so many units too many, or too few seconds too far from those after them, whichever is less.
create function limiter_began_late(p_group text, p_until double precision, p_dimensions text[], p_units double precision[]) returns void
language plpgsql as $$
declare
    v_excess double precision;
    v_most   double precision;
begin
    perform from limit_bucket where limits_group = p_group order by dimension for update;
    insert into limit_group (limits_group) values (p_group) on conflict do nothing;
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
