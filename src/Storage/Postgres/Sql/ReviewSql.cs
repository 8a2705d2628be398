namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about reviews.</summary>
internal static class ReviewSql
{
    // Locks the item: whoever has it made again meanwhile comes before, and then there is nothing to decide on, or after, and then takes the decision away.
    public const string Decide = """
        -- name: Review.Decide
        insert into review (item_id, batch_id, decision, note, decided_by)
        select i.id, i.batch_id, @decision, @note, @decided_by from item i where i.id = @item_id and i.state in ('succeeded', 'reused') for share
        on conflict (item_id) do update set decision = excluded.decision, note = excluded.note, decided_by = excluded.decided_by, decided_at = now()
        returning batch_id
        """;

    public const string TakeBack = """
        -- name: Review.TakeBack
        with gone as (delete from review where item_id = @item_id)
        select batch_id from item where id = @item_id and state in ('succeeded', 'reused')
        """;

    public const string Forget = """
        -- name: Review.Forget
        delete from review where item_id = @item_id returning decision, note
        """;

    public const string Get = """
        -- name: Review.Get
        select r.item_id, i.key, r.decision, r.note, r.decided_at, r.decided_by from review r join item i on i.id = r.item_id where r.item_id = any (@item_ids)
        """;

    public const string Progress = """
        -- name: Review.Progress
        select count(*) filter (where decision = 'approved') as approved, count(*) filter (where decision = 'rejected') as rejected,
               count(*) filter (where decision = 'redo') as redo, max(item_id) as last_item_id
        from review where batch_id = @batch_id
        """;

    public const string Read = """
        -- name: Review.Read
        select r.item_id, i.key, r.decision, r.note, r.decided_at, r.decided_by from review r join item i on i.id = r.item_id where r.batch_id = @batch_id order by r.item_id
        """;
}
