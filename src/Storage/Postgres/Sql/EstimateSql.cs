namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about estimates.</summary>
internal static class EstimateSql
{
    public const string Write = """
        -- name: Estimate.Write
        insert into batch_estimate (batch_id, model, size, quality, n, items, unpriced, expected_usd, worst_usd)
        select @batch_id, x.* from unnest(@models::text[], @sizes::text[], @qualities::text[], @ns::int[], @items::bigint[], @unpriced::bigint[], @expected::numeric[], @worst::numeric[]) as x
        """;

    // A few thousand calls tell the averages; all of a million would tell little more and take seconds. Calls that were estimated tell nothing.
    public const string Get = """
        -- name: Estimate.Get
        with measured as materialized (
            select i.model, coalesce(i.options ->> 'size', '') as size, coalesce(i.options ->> 'quality', '') as quality, coalesce(i.options ->> 'n', '1') as n,
                   count(distinct l.item_id) as items, sum(l.cost_usd) as cost
            from (select item_id, cost_usd from ledger where batch_id = @batch_id and kind not in ('unconfirmed', 'estimated') and cost_usd is not null limit 5000) l
            join item i on i.id = l.item_id
            group by 1, 2, 3, 4)
        select e.items, e.unpriced, e.expected_usd, e.worst_usd, coalesce(m.items, 0) as measured_items, coalesce(m.cost, 0) as measured_usd
        from batch_estimate e
        left join measured m on m.model = e.model and m.size = e.size and m.quality = e.quality and m.n = e.n::text
        where e.batch_id = @batch_id
        """;
}
