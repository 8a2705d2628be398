namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about what batches add up to, and about changes (migrations/0004_changes.sql).</summary>
internal static class TallySql
{
    /// <remarks>One statement, so one snapshot: a row that is folded meanwhile is in exactly one of both tables.</remarks>
    public const string Sums = """
        -- name: Tally.Sums
        select b.id,
               coalesce(t.pending, 0) + c.pending, coalesce(t.sending, 0) + c.sending, coalesce(t.succeeded, 0) + c.succeeded, coalesce(t.reused, 0) + c.reused,
               coalesce(t.rejected, 0) + c.rejected, coalesce(t.failed, 0) + c.failed, coalesce(t.held, 0) + c.held, coalesce(t.canceled, 0) + c.canceled,
               coalesce(t.input_text_tokens, 0) + c.input_text, coalesce(t.input_image_tokens, 0) + c.input_image,
               coalesce(t.output_text_tokens, 0) + c.output_text, coalesce(t.output_image_tokens, 0) + c.output_image,
               coalesce(t.cost_usd, 0) + c.cost, coalesce(t.unconfirmed_usd, 0) + c.unconfirmed, coalesce(t.unpriced, 0) + c.unpriced,
               coalesce(t.estimated_usd, 0) + c.estimated
        from unnest($1::text[]) as b (id)
        left join batch_tally t on t.batch_id = b.id
        cross join lateral (
            select coalesce(sum(pending), 0)::bigint as pending, coalesce(sum(sending), 0)::bigint as sending, coalesce(sum(succeeded), 0)::bigint as succeeded,
                   coalesce(sum(reused), 0)::bigint as reused, coalesce(sum(rejected), 0)::bigint as rejected, coalesce(sum(failed), 0)::bigint as failed,
                   coalesce(sum(held), 0)::bigint as held, coalesce(sum(canceled), 0)::bigint as canceled,
                   coalesce(sum(input_text_tokens), 0)::bigint as input_text, coalesce(sum(input_image_tokens), 0)::bigint as input_image,
                   coalesce(sum(output_text_tokens), 0)::bigint as output_text, coalesce(sum(output_image_tokens), 0)::bigint as output_image,
                   coalesce(sum(cost_usd), 0) as cost, coalesce(sum(unconfirmed_usd), 0) as unconfirmed, coalesce(sum(unpriced), 0)::bigint as unpriced,
                   coalesce(sum(estimated_usd), 0) as estimated
            from batch_change where batch_id = b.id) c
        """;

    public const string Position = """
        -- name: Tally.Position
        select pg_current_snapshot()::text, extract(epoch from clock_timestamp())::bigint
        """;

    /// <remarks>
    /// The snapshot is the statement's own: what it sees is told now, what it doesn't see is told by a later reading from it. A sequence, or a time, would pass over
    /// transactions that commit late.
    /// </remarks>
    public const string Changes = """
        -- name: Tally.Changes
        select s.now::text, extract(epoch from clock_timestamp())::bigint, c.batch_id, c.items, c.many
        from (select pg_current_snapshot() as now) s
        left join lateral (
            select batch_id, items, items is null and (pending <> 0 or sending <> 0 or succeeded <> 0 or canceled <> 0 or failed <> 0) as many
            from batch_change
            where xid >= pg_snapshot_xmin($1::text::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::text::pg_snapshot) and ($2::text is null or batch_id = $2)
            order by xid, id limit $3) c on true
        """;

    public const string Fold = """
        -- name: Tally.Fold
        select fold_changes($1, $2)
        """;
}
