using Darkroom.Jobs.Costs;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresLedgerStoreTests : OwnDatabaseTest
{
    private const string NastyTag = "it's \"quoted\"; drop table ledger; -- $3 {0} ü";
    private static readonly ReportDimension Day = new(ReportDimensionKind.Day);
    private static readonly ReportDimension Nasty = new(ReportDimensionKind.Tag, NastyTag);
    private int _rows;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ReportAsync_ByAnything_AddsUpToTheLastDigit(int seed)
    {
        var random = new Random(seed);
        var (tokens, cost, unconfirmed, unpriced) = (default(TokenUsage), 0m, 0m, 0L);
        for (var at = 0; at < 120; at++)
        {
            var kind = new[] { LedgerKinds.Reported, LedgerKinds.Unreported, LedgerKinds.Unconfirmed }[random.Next(3)];
            var usd = random.Next(6) == 0 ? (decimal?)null : random.NextInt64(10_000_000_000_000) / 10_000_000_000m;
            var used = new TokenUsage(random.Next(5000), random.Next(5000), random.Next(100), random.Next(9000));
            await AddAsync(
                new DateTime(2026, 11, random.Next(1, 6), random.Next(24), random.Next(60), 0, DateTimeKind.Utc), kind, usd, used,
                batch: $"b-{random.Next(3)}", model: $"m-{random.Next(3)}", user: random.Next(2) == 0 ? null : $"u-{random.Next(3)}",
                tag: random.Next(3) == 0 ? null : $"v{random.Next(3)}");
            if (usd is null) unpriced++;
            if (kind == LedgerKinds.Unconfirmed) unconfirmed += usd ?? 0;
            else (tokens, cost) = (tokens + used, cost + (usd ?? 0));
        }

        ReportDimension[] all = [Day, new(ReportDimensionKind.Model), new(ReportDimensionKind.Batch), new(ReportDimensionKind.User), Nasty];
        ReportDimension[][] groupings = [.. all.Select(one => new[] { one }), all, [Nasty, Day], [new(ReportDimensionKind.Tag, "no such"), all[1]]];
        foreach (var grouping in groupings)
        {
            var total = CostReport.Total(await Ledger.ReportAsync(grouping, null, null, Cancel));
            (total.Tokens, total.CostUsd, total.UnconfirmedUsd, total.Unpriced).ShouldBe((tokens, cost, unconfirmed, unpriced));
        }

        var fine = await Ledger.ReportAsync(all, null, null, Cancel);
        foreach (var one in all)
        {
            var byKey = (await Ledger.ReportAsync([one], null, null, Cancel)).ToDictionary(row => row.Keys[one.Name] ?? "", row => (row.Tokens, row.CostUsd, row.UnconfirmedUsd, row.Unpriced), StringComparer.Ordinal);
            CostReport.Group(fine, [one]).ToDictionary(row => row.Keys[one.Name] ?? "", row => (row.Tokens, row.CostUsd, row.UnconfirmedUsd, row.Unpriced), StringComparer.Ordinal)
                .ShouldBe(byKey, ignoreOrder: true);
        }
    }

    [Fact]
    public async Task ReportAsync_UnconfirmedAndUnpriced_StandApart()
    {
        var at = new DateTime(2026, 11, 22, 12, 0, 0, DateTimeKind.Utc);
        await AddAsync(at, LedgerKinds.Reported, 0.1m, new TokenUsage(1, 2, 3, 4), item: 1);
        await AddAsync(at, LedgerKinds.Unconfirmed, 0.7m, new TokenUsage(100, 200, 300, 400), item: 1);
        await AddAsync(at, LedgerKinds.Unreported, null, default, item: 2);
        var row = (await Ledger.ReportAsync([Day], null, null, Cancel)).ShouldHaveSingleItem();
        (row.Keys["day"], row.Items, row.Tokens, row.CostUsd, row.UnconfirmedUsd, row.Unpriced).ShouldBe(("2026-11-22", 2, new TokenUsage(1, 2, 3, 4), 0.1m, 0.7m, 1));
    }

    [Fact]
    public async Task ReportAsync_Days_AreThoseOfUtcWhateverTheServersZone()
    {
        await ExecuteAsync("do $$ begin execute format('alter database %I set timezone to ''Pacific/Auckland''', current_database()); end $$");
        Source.Clear();
        (await ScalarAsync<string>("select current_setting('timezone')")).ShouldBe("Pacific/Auckland");
        await AddAsync(new DateTime(2026, 11, 21, 23, 59, 59, DateTimeKind.Utc), LedgerKinds.Reported, 1m);
        await AddAsync(new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc), LedgerKinds.Reported, 2m);
        await AddAsync(new DateTime(2026, 11, 22, 23, 59, 59, DateTimeKind.Utc), LedgerKinds.Reported, 4m);
        await AddAsync(new DateTime(2026, 11, 23, 0, 0, 0, DateTimeKind.Utc), LedgerKinds.Reported, 8m);
        var day = new DateOnly(2026, 11, 22);
        (await DaysAsync(null, null)).ShouldBe("2026-11-21=1 2026-11-22=6 2026-11-23=8");
        (await DaysAsync(day, day)).ShouldBe("2026-11-22=6");
        (await DaysAsync(day, null)).ShouldBe("2026-11-22=6 2026-11-23=8");
        (await DaysAsync(null, day)).ShouldBe("2026-11-21=1 2026-11-22=6");
        (await DaysAsync(day.AddDays(1), day)).ShouldBe("");
    }

    [Fact]
    public async Task ReportAsync_TagWithQuotes_IsOnlyAName()
    {
        var at = new DateTime(2026, 11, 22, 12, 0, 0, DateTimeKind.Utc);
        await AddAsync(at, LedgerKinds.Reported, 1m, tag: "x' or 1=1 --");
        await AddAsync(at, LedgerKinds.Reported, 2m);
        var rows = await Ledger.ReportAsync([new ReportDimension(ReportDimensionKind.Model), Nasty], null, null, Cancel);
        rows.Select(row => (row.Keys["tag:" + NastyTag], row.CostUsd)).ShouldBe([("x' or 1=1 --", 1m), (null, 2m)]);
    }

    [Fact]
    public async Task ReportAsync_EmptyLedger_HasNoRows() => (await Ledger.ReportAsync([Day], null, null, Cancel)).ShouldBeEmpty();

    private async Task<string> DaysAsync(DateOnly? from, DateOnly? to) =>
        string.Join(' ', (await Ledger.ReportAsync([Day], from, to, Cancel)).Select(row => $"{row.Keys["day"]}={row.CostUsd:0}"));

    private async Task AddAsync(
        DateTime at, string kind, decimal? usd, TokenUsage tokens = default, string batch = "b", string model = "m", string? user = null, string? tag = null, long? item = null)
    {
        var id = ++_rows;
        var tags = tag is null ? "{}" : System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { [NastyTag] = tag });
        await using var command = Source.CreateCommand(
            """
            insert into ledger (at, attempt_id, item_id, batch_id, kind, model, "user", tags, usage,
                                input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, images, cost_usd, price_book)
            values ($1, $2, $3, $4, $5, $6, $7, $8, case when $5 = 'reported' then '{}'::jsonb end, $9, $10, $11, $12, 1, $13, 'v')
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = at }, new() { Value = (long)id }, new() { Value = item ?? id }, new() { Value = batch }, new() { Value = kind }, new() { Value = model },
            new() { Value = user ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }, new() { Value = tags, NpgsqlDbType = NpgsqlDbType.Jsonb },
            new() { Value = tokens.InputText }, new() { Value = tokens.InputImage }, new() { Value = tokens.OutputText }, new() { Value = tokens.OutputImage },
            new() { Value = usd ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Numeric },
        });
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
