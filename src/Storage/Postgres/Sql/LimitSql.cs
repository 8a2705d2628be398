namespace Darkroom.Storage.Postgres.Sql;

/// <summary>
/// The statements about limits. Their functions are in migrations/0003_limits.sql. A column limits_group holds a group's name with its scope, <c>LimitScope.KeyOf</c>.
/// </summary>
internal static class LimitSql
{
    public const string Reserve = """
        -- name: Limit.Reserve
        select call, delay, server_at, limiter_put_off(@group) as put_off
        from limiter_reserve(@group, @process_id, @max_in_flight, @dimensions, @takes_several, @rates, @costs, @horizon, @window, @margin, @learns)
        """;

    public const string BeganLate = """
        -- name: Limit.BeganLate
        select limiter_began_late(@group, @until, @dimensions, @units)
        """;

    public const string Settle = """
        -- name: Limit.Settle
        select limiter_settle(@group, @process_id, @slots, @tokens)
        """;

    public const string Learn = """
        -- name: Limit.Learn
        select limiter_learn(@group, @dimensions, @limits, @kind, @hold)
        """;

    /// <remarks>
    /// After limiter_learn, in its transaction: how long the group really waits, its next start says. A shorter wait that is told later changes nothing.
    /// </remarks>
    public const string TellHold = """
        -- name: Limit.TellHold
        insert into limit_hold as h (limits_group, since, told_at, held_until, asked_until, status, words)
        select @group, t.at, t.at, least(t.at + make_interval(secs => @hold), b.next_at), t.at + make_interval(secs => @asked), @status, @words
        from (select clock_timestamp() as at) t, limit_bucket b
        where b.limits_group = @group and b.dimension = 'requests' and b.next_at > t.at
        on conflict (limits_group) do update
            set since = case when h.held_until + interval '5 seconds' > excluded.told_at then h.since else excluded.since end, told_at = excluded.told_at,
                held_until = excluded.held_until, asked_until = excluded.asked_until, status = excluded.status, words = excluded.words
            where excluded.held_until > h.held_until
        """;

    /// <remarks>A hold is over when calls of its group may start, whatever has moved their next start.</remarks>
    public const string ReadHolds = """
        -- name: Limit.ReadHolds
        select k.name, h.since, least(h.held_until, b.next_at) as until, extract(epoch from h.asked_until - h.told_at)::double precision as asked,
               extract(epoch from h.held_until - h.told_at)::double precision as held, h.status, h.words
        from limit_hold h join limit_scope k on k.limits_group = h.limits_group and k.scope = @scope
        join limit_bucket b on b.limits_group = h.limits_group and b.dimension = 'requests'
        where h.held_until > clock_timestamp() and b.next_at > clock_timestamp()
        """;

    public const string Tell = """
        -- name: Limit.Tell
        insert into limit_told as l (limits_group, dimension, per_window, remaining, resets_at, told_at)
        select @group, t.name, t.units, t.remaining, clock_timestamp() + make_interval(secs => least(t.reset, 31536000)), clock_timestamp()
        from unnest(@names, @limits, @remaining, @resets) as t (name, units, remaining, reset) order by t.name
        on conflict (limits_group, dimension) do update
            set per_window = excluded.per_window, remaining = excluded.remaining, resets_at = excluded.resets_at, told_at = excluded.told_at
            where l.told_at <= excluded.told_at
        """;

    public const string Name = """
        -- name: Limit.Name
        insert into limit_scope (limits_group, name, scope, endpoint, key_name) values (@group, @name, @scope, @endpoint, @key_name) on conflict do nothing
        """;

    public const string Succeeded = """
        -- name: Limit.Succeeded
        select limiter_succeeded(@group)
        """;

    public const string Refused = """
        -- name: Limit.Refused
        select limiter_refused(@group, @batch_id, @wait, @gap, @words)
        """;

    // In the order of limiter_reserve and limiter_learn: buckets, then the group.
    public const string Forget = """
        -- name: Limit.Forget
        with known as materialized (
            select b.limits_group, s.name, b.dimension, b.per_minute, b.learned_per_minute, b.learned_from, b.learned_at, b.next_at, extract(epoch from clock_timestamp())::double precision as at
            from limit_scope s join limit_bucket b using (limits_group)
            where s.scope = @scope and (@name::text is null or s.name = @name)
            order by b.limits_group, b.dimension for update of b),
        buckets as (
            update limit_bucket b set learned_per_minute = null, learned_at = null, learned_from = null, next_at = least(b.next_at, clock_timestamp())
            from known k where b.limits_group = k.limits_group and b.dimension = k.dimension),
        slow as materialized (
            select g.limits_group, s.name, g.slowed_to, g.slowed_at
            from limit_scope s join limit_group g using (limits_group)
            where s.scope = @scope and (@name::text is null or s.name = @name) and (select count(*) from known) >= 0
            order by g.limits_group for update of g),
        groups as (
            update limit_group g set slowed_to = 1, slowed_at = '-infinity', throttled = '{0,0,0,0,0,0,0}', throttled_bin = 0, refused_since = null, refused_at = null, refused_until = null, refused_words = null
            from slow w where g.limits_group = w.limits_group),
        told as (
            delete from limit_told t using limit_scope s
            where s.limits_group = t.limits_group and s.scope = @scope and (@name::text is null or s.name = @name)
            returning s.name, t.dimension, t.per_window),
        holds as (
            delete from limit_hold h using limit_scope s
            where s.limits_group = h.limits_group and s.scope = @scope and (@name::text is null or s.name = @name)),
        dropped as (
            select k.name, k.dimension,
                   limit_learned(k.learned_per_minute, k.learned_from, k.at - extract(epoch from k.learned_at)::double precision) as learned, k.learned_from as source,
                   -- The next start of a paced call comes after a unit's time; only what is beyond that is a hold.
                   case when k.dimension = 'requests' and extract(epoch from k.next_at)::double precision - k.at > 1 + coalesce(60 / least(k.per_minute, k.learned_per_minute), 0)
                        then extract(epoch from k.next_at)::double precision - k.at else 0 end as held,
                   case when k.dimension = 'requests' then coalesce(limit_slowed(w.slowed_to, k.at - extract(epoch from w.slowed_at)::double precision), 1) else 1 end as slowed_to
            from known k left join slow w using (limits_group)
            union all
            select t.name, t.dimension, t.per_window, 'told', 0, 1 from told t)
        select name, dimension, learned, source, held, slowed_to from dropped
        where learned is not null or held > 0 or slowed_to < 1
        order by name, dimension
        """;

    // Other endpoints are shown as long as they are used: a simulator has another port each time.
    public const string Read = """
        -- name: Limit.Read
        select coalesce(k.name, b.limits_group) as name, b.dimension, b.per_minute,
               limit_learned(b.learned_per_minute, b.learned_from, t.at - extract(epoch from b.learned_at)::double precision) as learned,
               b.learned_from, t.at - extract(epoch from b.learned_at)::double precision as learned_ago,
               limit_used(b.used, b.used_bin, t.at) as used, greatest(0, extract(epoch from b.next_at)::double precision - t.at) as next_in,
               coalesce(limit_slowed(g.slowed_to, t.at - extract(epoch from g.slowed_at)::double precision), 1) as slowed_to,
               coalesce(limit_used(g.throttled, g.throttled_bin, t.at), 0) as throttled,
               (select coalesce(sum(s.held), 0) from limit_slot s join process p on p.id = s.process_id
                where s.limits_group = b.limits_group and p.lease_until > clock_timestamp()) as in_flight,
               k.endpoint, k.key_name, k.scope
        from (select extract(epoch from clock_timestamp())::double precision as at) t, limit_bucket b left join limit_group g using (limits_group) left join limit_scope k using (limits_group)
        -- Those of endpoints that haven't proven themselves limit nothing but what is in flight, and aren't the service's.
        where b.limits_group not like 'unproven:%'
          and (k.scope is null or k.scope = @scope or b.used_bin * 10 > t.at - 86400 or b.learned_at > now() - interval '1 day')
        union all
        select k.name, l.dimension, null, l.per_window, 'told', extract(epoch from clock_timestamp() - l.told_at)::double precision,
               case when l.resets_at > clock_timestamp() then greatest(0, l.per_window - l.remaining) else 0 end,
               case when l.remaining = 0 and l.resets_at > clock_timestamp() then extract(epoch from l.resets_at - clock_timestamp())::double precision else 0 end,
               1, 0, 0, k.endpoint, k.key_name, k.scope
        from limit_told l join limit_scope k using (limits_group)
        """;
}
