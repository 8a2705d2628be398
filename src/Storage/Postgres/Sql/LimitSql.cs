namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about limits. Their functions are in migrations/0013_pace.sql and 0022_lateness.sql.</summary>
internal static class LimitSql
{
    public const string Reserve = """
        -- name: Limit.Reserve
        select call, delay, server_at, limiter_put_off($1) from limiter_reserve($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """;

    public const string BeganLate = """
        -- name: Limit.BeganLate
        select limiter_began_late($1, $2, $3, $4)
        """;

    public const string Settle = """
        -- name: Limit.Settle
        select limiter_settle($1, $2, $3, $4)
        """;

    public const string Learn = """
        -- name: Limit.Learn
        select limiter_learn($1, $2, $3, $4, $5)
        """;

    /// <remarks>
    /// After limiter_learn, in its transaction: how long the group really waits, its next start says. A shorter wait that is told later changes nothing.
    /// </remarks>
    public const string TellHold = """
        -- name: Limit.TellHold
        insert into limit_hold as h (limits_group, since, told_at, held_until, asked_until, status, words)
        select $1, t.at, t.at, least(t.at + make_interval(secs => $2), b.next_at), t.at + make_interval(secs => $3), $4, $5
        from (select clock_timestamp() as at) t, limit_bucket b
        where b.limits_group = $1 and b.dimension = 'requests' and b.next_at > t.at
        on conflict (limits_group) do update
            set since = case when h.held_until + interval '5 seconds' > excluded.told_at then h.since else excluded.since end, told_at = excluded.told_at,
                held_until = excluded.held_until, asked_until = excluded.asked_until, status = excluded.status, words = excluded.words
            where excluded.held_until > h.held_until
        """;

    /// <remarks>A hold is over when calls of its group may start, whatever has moved their next start.</remarks>
    public const string ReadHolds = """
        -- name: Limit.ReadHolds
        select h.limits_group, h.since, least(h.held_until, b.next_at), extract(epoch from h.asked_until - h.told_at)::double precision,
               extract(epoch from h.held_until - h.told_at)::double precision, h.status, h.words
        from limit_hold h join limit_bucket b on b.limits_group = h.limits_group and b.dimension = 'requests'
        where h.held_until > clock_timestamp() and b.next_at > clock_timestamp()
        """;

    public const string Tell = """
        -- name: Limit.Tell
        insert into limit_told as l (limits_group, dimension, per_window, remaining, resets_at, told_at)
        select $1, t.name, t.units, t.remaining, clock_timestamp() + make_interval(secs => least(t.reset, 31536000)), clock_timestamp()
        from unnest($2, $3, $4, $5) as t (name, units, remaining, reset) order by t.name
        on conflict (limits_group, dimension) do update
            set per_window = excluded.per_window, remaining = excluded.remaining, resets_at = excluded.resets_at, told_at = excluded.told_at
            where l.told_at <= excluded.told_at
        """;

    public const string Read = """
        -- name: Limit.Read
        select b.limits_group, b.dimension, b.per_minute,
               limit_learned(b.learned_per_minute, b.learned_from, t.at - extract(epoch from b.learned_at)::double precision),
               b.learned_from, t.at - extract(epoch from b.learned_at)::double precision,
               limit_used(b.used, b.used_bin, t.at), greatest(0, extract(epoch from b.next_at)::double precision - t.at),
               coalesce(limit_slowed(g.slowed_to, t.at - extract(epoch from g.slowed_at)::double precision), 1),
               coalesce(limit_used(g.throttled, g.throttled_bin, t.at), 0),
               (select coalesce(sum(s.held), 0) from limit_slot s join process p on p.id = s.process_id
                where s.limits_group = b.limits_group and p.lease_until > clock_timestamp())
        from (select extract(epoch from clock_timestamp())::double precision as at) t, limit_bucket b left join limit_group g using (limits_group)
        union all
        select l.limits_group, l.dimension, null, l.per_window, 'told', extract(epoch from clock_timestamp() - l.told_at)::double precision,
               case when l.resets_at > clock_timestamp() then greatest(0, l.per_window - l.remaining) else 0 end,
               case when l.remaining = 0 and l.resets_at > clock_timestamp() then extract(epoch from l.resets_at - clock_timestamp())::double precision else 0 end,
               1, 0, 0
        from limit_told l
        """;
}
