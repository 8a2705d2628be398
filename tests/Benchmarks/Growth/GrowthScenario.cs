using Darkroom.Benchmarks.Claim;
using Darkroom.Benchmarks.Common;
using Npgsql;

namespace Darkroom.Benchmarks.Growth;

/// <summary>What a million items take on disk, table by table, after each was imported, claimed, called once and completed with one image, through the same statements as in production.</summary>
internal static class GrowthScenario
{
    private const string Sizes = """
        select c.relname::text, pg_relation_size(c.oid) + coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0), pg_indexes_size(c.oid)
        from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by pg_total_relation_size(c.oid) desc
        """;

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var items = arguments.Number("--items", 100_000);
        await using var database = await BenchDatabase.CreateAsync();
        var before = await ReadAsync(database.DataSource);
        await ClaimScenario.MeasureAsync(database, items, workers: 2, set: 64);
        // What autovacuum does meanwhile; the space is kept and used again, so this is the size that stays.
        await database.ExecuteAsync("vacuum analyze");
        var after = await ReadAsync(database.DataSource);
        var grown = after.Select(size => (size.Table, Heap: size.Heap - before.First(old => old.Table == size.Table).Heap, Indexes: size.Indexes - before.First(old => old.Table == size.Table).Indexes))
            .Where(size => size.Heap + size.Indexes > 0).ToList();

        Report.Row("growth", $"{items} items, one call and one image each; MB a million items");
        foreach (var (table, heap, indexes) in grown.Where(size => PerMillion(size.Heap + size.Indexes, items) >= 1))
            Report.Row($"  {table}", $"{PerMillion(heap + indexes, items),8:0}   rows {PerMillion(heap, items),6:0}   indexes {PerMillion(indexes, items),6:0}");
        Report.Row("  all", $"{PerMillion(grown.Sum(size => size.Heap + size.Indexes), items),8:0}");
        Report.Json(new
        {
            Scenario = "growth",
            Items = items,
            BytesAnItem = Math.Round((double)grown.Sum(size => size.Heap + size.Indexes) / items),
            Tables = grown.Select(size => new { size.Table, RowsMb = Math.Round(PerMillion(size.Heap, items)), IndexesMb = Math.Round(PerMillion(size.Indexes, items)) }),
        });
        return 0;
    }

    private static double PerMillion(long bytes, int items) => Report.Megabytes(bytes) / items * 1e6;

    private static async Task<List<(string Table, long Heap, long Indexes)>> ReadAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(Sizes);
        await using var reader = await command.ExecuteReaderAsync();
        var sizes = new List<(string, long, long)>();
        while (await reader.ReadAsync()) sizes.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        return sizes;
    }
}
