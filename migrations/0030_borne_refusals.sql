-- compatible
-- Calls that begin late put off those after them only where the service refused more than one call in two hundred within half a minute: at a thousand calls a second,
-- windows that follow one another refuse two in a thousand whatever is late, and to keep those away took a twentieth of the pace; a refused call costs a moment and no
-- money. Windows that hold wherever they begin refuse forty, and there it is worth it.
create or replace function limiter_began_late(p_group text, p_until double precision, p_dimensions text[], p_units double precision[]) returns void
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
