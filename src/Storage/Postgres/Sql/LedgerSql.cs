using Darkroom.Jobs.Costs;

namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about the ledger.</summary>
internal static class LedgerSql
{
    private const string Summed =
        """day, batch_id, model, "user", tags, called_before, items, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, cost_usd, estimated_usd, unconfirmed_usd, unpriced""";

    public const string Read = """
        -- name: Ledger.Read
        select l.id, (l.at at time zone 'UTC')::date, l.kind, l.model, l.usage,
               l.input_text_tokens, l.input_image_tokens, l.output_text_tokens, l.output_image_tokens, l.images, coalesce(i.options, l.options, '{}'), l.cost_usd,
               length(i.prompt), jsonb_array_length(i.input -> 'images'), i.input ? 'mask'
        from ledger l left join item i on i.id = l.item_id
        where l.id > $1
          and ($3::date is null or l.at >= $3::date::timestamp at time zone 'UTC')
          and ($4::date is null or l.at < ($4::date + 1)::timestamp at time zone 'UTC')
          and ($5::text is null or l.batch_id = $5)
        order by l.id limit $2
        """;

    /// <remarks>Budgets that count a row go along, so that one isn't overrun by what its calls turn out to have cost.</remarks>
    public const string Reprice = """
        -- name: Ledger.Reprice
        with change as materialized (
            select * from unnest($1::bigint[], $2::numeric[], $3::numeric[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
                as c (id, before, after, kind, input_text, input_image, output_text, output_image)),
        held as materialized (
            select l.id, l.cost_usd, l.price_book, c.after, c.kind, c.input_text, c.input_image, c.output_text, c.output_image from ledger l join change c on c.id = l.id
            where l.cost_usd is not distinct from c.before order by l.id for update of l),
        kept as (
            insert into ledger_repricing (ledger_id, cost_usd_before, price_book_before, cost_usd_after, price_book_after)
            select id, cost_usd, price_book, after, $4 from held where cost_usd is distinct from after),
        differing as materialized (
            select s.scope, sum(coalesce(h.after, 0) - coalesce(h.cost_usd, 0)) as usd
            from held h join ledger l on l.id = h.id join attempt a on a.id = l.attempt_id,
                 lateral (values ('batch:' || a.batch_id), ('day:' || to_char(a.started_at at time zone 'UTC', 'YYYY-MM-DD')),
                                 ('month:' || to_char(a.started_at at time zone 'UTC', 'YYYY-MM'))) as s (scope)
            group by s.scope),
        locked as materialized (select u.scope from budget u where u.scope in (select scope from differing) order by u.scope for update),
        accounted as (
            update budget u set spent_usd = greatest(0, u.spent_usd + d.usd) from differing d, locked k where u.scope = d.scope and k.scope = u.scope)
        update ledger l set cost_usd = h.after, price_book = $4, kind = h.kind,
                            input_text_tokens = h.input_text, input_image_tokens = h.input_image, output_text_tokens = h.output_text, output_image_tokens = h.output_image
        from held h where l.id = h.id
        """;

    public const string Fold = """
        -- name: Ledger.Fold
        select fold_spend($1)
        """;

    /// <summary>
    /// Sums by dimensions, of what is added up (migrations/0002_costs.sql). The columns come from a fixed list; a tag's name is a parameter ($3, an array in the
    /// dimensions' order), never a part of the text.
    /// </summary>
    /// <remarks>One statement, so one snapshot: what is folded meanwhile is in exactly one of both tables.</remarks>
    public static string Report(IReadOnlyList<ReportDimension> dimensions) => $"""
        -- name: Ledger.Report
        {Sums(dimensions)}
        """;

    /// <summary>The $4 dearest groups of a report by one dimension, each with the number of all.</summary>
    /// <remarks>All groups are added up by cost alone, and only those that are shown by everything else: over a year of batches that is half the time.</remarks>
    public static string Dearest(ReportDimension dimension) => $"""
        -- name: Ledger.Dearest
        with dearest as materialized (
            select key, count(*) over () as groups
            from (select {Column(dimension, 0)} as key, cost_usd
                  from ({Booked([dimension])}) s
                  where $3::text[] is not null) k
            group by key order by sum(cost_usd) desc, key limit $4)
        select d.*, (select groups from dearest limit 1)
        from (
        {Sums([dimension], $"and {Comparable(Column(dimension, 0))} in (select {Comparable("key")} from dearest)")}
        ) d (key, items, input_text, input_image, output_text, output_image, cost, unconfirmed, unpriced, estimated)
        order by d.cost desc, d.key
        """;

    private static string Sums(IReadOnlyList<ReportDimension> dimensions, string only = "")
    {
        var keys = string.Join(", ", dimensions.Select((dimension, at) => Column(dimension, at)));
        var numbers = string.Join(", ", Enumerable.Range(1, dimensions.Count));
        // Over several days an item counts on the first of them.
        var once = dimensions.Any(dimension => dimension.Kind == ReportDimensionKind.Day) ? "true" : "called_before is null or called_before < $1::date";
        return $"""
            select {keys},
                   coalesce(sum(items) filter (where {once}), 0)::bigint,
                   sum(input_text_tokens)::bigint, sum(input_image_tokens)::bigint, sum(output_text_tokens)::bigint, sum(output_image_tokens)::bigint,
                   sum(cost_usd), sum(unconfirmed_usd), sum(unpriced)::bigint, sum(estimated_usd)
            from ({Booked(dimensions)}) s
            where $3::text[] is not null {only}
            group by {numbers} order by {numbers}
            """;
    }

    /// <summary>
    /// The cost of days ($1 to $2) by one dimension, in which only some values ($4) stand for themselves and all others are one; $3 as in <see cref="Report"/>.
    /// </summary>
    public static string Days(ReportDimension dimension) => $"""
        -- name: Ledger.Days
        select day, case when named then key end, named, sum(cost_usd)
        from (select day, cost_usd, {Column(dimension, 0)} as key, array_position($4::text[], {Column(dimension, 0)}) is not null as named
              from ({Booked([dimension])}) s
              where $3::text[] is not null) d
        group by 1, 2, 3 order by 1, 3 desc, 2
        """;

    // What is booked on the days from $1 to $2 (null: no bound), folded or not yet; of the sums those over all tags, unless tags are asked for.
    private static string Booked(IReadOnlyList<ReportDimension> dimensions)
    {
        const string days = "($1::date is null or day >= $1) and ($2::date is null or day <= $2)";
        var tags = dimensions.Any(dimension => dimension.Kind == ReportDimensionKind.Tag) ? "tags is not null" : "tags is null";
        return $"select {Summed} from spend where {tags} and {days} union all select {Summed} from spend_change where {days}";
    }

    // A value that is missing compares like any other, and is none of them.
    private static string Comparable(string column) => $"coalesce('=' || ({column}), '')";

    private static string Column(ReportDimension dimension, int at) => dimension.Kind switch
    {
        ReportDimensionKind.Day => "to_char(day, 'YYYY-MM-DD')",
        ReportDimensionKind.Model => "model",
        ReportDimensionKind.Batch => "batch_id",
        ReportDimensionKind.User => "\"user\"",
        ReportDimensionKind.Tag => $"tags ->> ($3::text[])[{at + 1}]",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension.Kind, message: null),
    };
}
