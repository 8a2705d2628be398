using Darkroom.Jobs.Costs;

namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about the ledger.</summary>
internal static class LedgerSql
{
    private const string Sums = """
        count(distinct item_id),
        coalesce(sum(input_text_tokens) filter (where kind <> 'unconfirmed'), 0)::bigint,
        coalesce(sum(input_image_tokens) filter (where kind <> 'unconfirmed'), 0)::bigint,
        coalesce(sum(output_text_tokens) filter (where kind <> 'unconfirmed'), 0)::bigint,
        coalesce(sum(output_image_tokens) filter (where kind <> 'unconfirmed'), 0)::bigint,
        coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed'), 0),
        coalesce(sum(cost_usd) filter (where kind = 'unconfirmed'), 0),
        count(*) filter (where cost_usd is null)
        """;

    public const string Read = """
        -- name: Ledger.Read
        select l.id, (l.at at time zone 'UTC')::date, l.kind, l.model, l.usage,
               l.input_text_tokens, l.input_image_tokens, l.output_text_tokens, l.output_image_tokens, l.images, coalesce(i.options, l.options, '{}'), l.cost_usd
        from ledger l left join item i on i.id = l.item_id
        where l.id > $1
          and ($3::date is null or l.at >= $3::date::timestamp at time zone 'UTC')
          and ($4::date is null or l.at < ($4::date + 1)::timestamp at time zone 'UTC')
          and ($5::text is null or l.batch_id = $5)
        order by l.id limit $2
        """;

    public const string Reprice = """
        -- name: Ledger.Reprice
        with change as materialized (select * from unnest($1::bigint[], $2::numeric[], $3::numeric[]) as c (id, before, after)),
        held as materialized (
            select l.id, l.cost_usd, l.price_book, c.after from ledger l join change c on c.id = l.id
            where l.cost_usd is not distinct from c.before order by l.id for update of l),
        kept as (
            insert into ledger_repricing (ledger_id, cost_usd_before, price_book_before, cost_usd_after, price_book_after)
            select id, cost_usd, price_book, after, $4 from held)
        update ledger l set cost_usd = h.after, price_book = $4 from held h where l.id = h.id
        """;

    /// <summary>
    /// Sums by dimensions. The columns come from a fixed list; a tag's name is a parameter ($3, an array in the dimensions' order), never a part of the text.
    /// </summary>
    public static string Report(IReadOnlyList<ReportDimension> dimensions)
    {
        var keys = string.Join(", ", dimensions.Select((dimension, at) => Column(dimension, at)));
        var numbers = string.Join(", ", Enumerable.Range(1, dimensions.Count));
        return $"""
            -- name: Ledger.Report
            select {keys}, {Sums}
            from ledger
            where ($1::date is null or at >= $1::date::timestamp at time zone 'UTC')
              and ($2::date is null or at < ($2::date + 1)::timestamp at time zone 'UTC')
              and $3::text[] is not null
            group by {numbers} order by {numbers}
            """;
    }

    private static string Column(ReportDimension dimension, int at) => dimension.Kind switch
    {
        ReportDimensionKind.Day => "to_char(at at time zone 'UTC', 'YYYY-MM-DD')",
        ReportDimensionKind.Model => "model",
        ReportDimensionKind.Batch => "batch_id",
        ReportDimensionKind.User => "\"user\"",
        ReportDimensionKind.Tag => $"tags ->> ($3::text[])[{at + 1}]",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension.Kind, message: null),
    };
}
