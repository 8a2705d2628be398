namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about limits.</summary>
internal static class LimitSql
{
    public const string Reserve = """
        -- name: Limit.Reserve
        select call, delay from limiter_reserve($1, $2, $3, $4, $5, $6, $7)
        """;

    public const string ReleaseSlots = """
        -- name: Limit.ReleaseSlots
        update limit_slot set held = greatest(0, held - $3) where limits_group = $1 and process_id = $2
        """;

    public const string Hold = """
        -- name: Limit.Hold
        insert into limit_bucket (limits_group, dimension, next_at) values ($1, 'requests', clock_timestamp() + $2)
        on conflict (limits_group, dimension) do update set next_at = greatest(limit_bucket.next_at, excluded.next_at)
        """;
}
