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
