using System.Globalization;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Costs;
using Darkroom.Storage.Postgres;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>What is added up by day is what the ledger holds, whatever was booked, priced anew and folded in between.</summary>
public sealed class SpendTests : OwnDatabaseTest
{
    private static readonly DateOnly First = new(2026, 11, 1);
    private static readonly ReportDimension[] All =
        [new(ReportDimensionKind.Day), new(ReportDimensionKind.Model), new(ReportDimensionKind.Batch), new(ReportDimensionKind.User), new(ReportDimensionKind.Tag, "brand")];

    private int _attempts;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task ReportAsync_BookedRepricedAndFolded_IsWhatTheLedgerHolds(int seed)
    {
        var random = new Random(seed);
        for (var day = 0; day < 6; day++)
        {
            for (var set = 0; set < 3; set++)
            {
                // An item is called several times, on several days, and within one statement.
                await BookAsync([.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => (Item: random.Next(1, 8), At: First.AddDays(day).ToDateTime(new TimeOnly(set * 8, random.Next(60)), DateTimeKind.Utc)))], random);
                if (random.Next(3) == 0) await ExecuteAsync($"update ledger set cost_usd = case when id % 3 = 0 then null else id * 0.0001 end where id % 5 = {random.Next(5)}");
                // As repricing does with what came without usage before there were estimates.
                if (random.Next(3) == 0) await ExecuteAsync($"update ledger set kind = 'estimated', output_image_tokens = id * 7, cost_usd = id * 0.0003 where kind = 'unreported' and id % 4 = {random.Next(4)}");
                if (random.Next(2) == 0) await Ledger.FoldAsync(Cancel);
            }
        }

        foreach (var dimensions in (ReportDimension[][])[.. All.Select(one => new[] { one }), All, [All[1], All[4]], [All[4], All[0]]])
        {
            for (var from = -1; from < 6; from++)
            {
                for (var to = Math.Max(from, 0); to <= 6; to++)
                {
                    DateOnly? first = from < 0 ? null : First.AddDays(from), last = to == 6 ? null : First.AddDays(to);
                    var rows = await Ledger.ReportAsync(dimensions, first, last, Cancel);
                    string.Join('\n', rows.Select(row => Line(dimensions, row))).ShouldBe(await ExpectedAsync(dimensions, first, last));
                }
            }
        }
    }

    [Fact]
    public async Task ListDearestAsync_AndDays_AreThoseOfTheReport()
    {
        var random = new Random(7);
        for (var set = 0; set < 12; set++) await BookAsync([.. Enumerable.Range(1, 7).Select(item => (item, First.AddDays(set % 4).ToDateTime(new TimeOnly(set, 0), DateTimeKind.Utc)))], random);
        await Ledger.FoldAsync(Cancel);
        await BookAsync([(1, First.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc))], random);
        var insight = new PostgresBatchInsight(Source);
        foreach (var by in All.Skip(1))
        {
            var report = (await Ledger.ReportAsync([by], First, First.AddDays(2), Cancel)).OrderByDescending(row => row.CostUsd).ToList();
            var (groups, all) = await insight.ListDearestAsync(by, First, First.AddDays(2), 2, Cancel);
            all.ShouldBe(report.Count);
            groups.Select(row => Line([by], row)).ShouldBe(report.Take(2).Select(row => Line([by], row)));

            var named = groups.Take(1).Select(row => row.Keys[by.Name]).ToList();
            var days = await insight.ListDaysAsync(by, First, First.AddDays(2), named, Cancel);
            days.Sum(day => day.CostUsd).ShouldBe(report.Sum(row => row.CostUsd));
            days.Where(day => day.IsNamed).Sum(day => day.CostUsd).ShouldBe(groups[0].CostUsd);
            days.Where(day => day.IsNamed).ShouldAllBe(day => day.Key == named[0]);
            days.Where(day => !day.IsNamed).ShouldAllBe(day => day.Key == null);
            days.Select(day => (day.Day, day.IsNamed)).ShouldBeUnique();
        }
    }

    [Fact]
    public async Task FoldAsync_ManyRowsOfFewGroups_LeavesARowAGroupAndNothingBehind()
    {
        var random = new Random(5);
        for (var set = 0; set < 20; set++) await BookAsync([(1, First.ToDateTime(new TimeOnly(set, 0), DateTimeKind.Utc)), (2, First.ToDateTime(new TimeOnly(set, 0), DateTimeKind.Utc))], random);
        (await ScalarAsync<long>("select count(*) from spend_change")).ShouldBeGreaterThan(20);

        (await Ledger.FoldAsync(Cancel)).ShouldBeFalse("all of it went in one");
        (await ScalarAsync<long>("select count(*) from spend_change")).ShouldBe(0);
        (await ScalarAsync<long>("select count(*) from spend where tags is null")).ShouldBe(2, "a model and a user each");
        (await ScalarAsync<bool>("select (select sum(cost_usd) from spend where tags is null) = (select sum(cost_usd) from spend where tags is not null)")).ShouldBeTrue();
        (await ScalarAsync<bool>("select (select sum(items) from spend where tags is null) = 2")).ShouldBeTrue();
    }

    [Fact]
    public async Task FoldAsync_WhileAnotherFolds_DoesNothing()
    {
        await BookAsync([(1, First.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc))], new Random(6));
        await using var connection = await Source.OpenConnectionAsync(Cancel);
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await using var other = new NpgsqlCommand("select fold_spend(10)", connection, transaction);
            (await other.ExecuteScalarAsync(Cancel)).ShouldBe(1L);
            (await Ledger.FoldAsync(Cancel)).ShouldBeFalse();
            (await ScalarAsync<long>("select count(*) from spend_change")).ShouldBe(1, "the other one isn't through");
        }

        await Ledger.FoldAsync(Cancel);
        (await ScalarAsync<long>("select count(*) from spend_change")).ShouldBe(0);
    }

    [Fact]
    public async Task GetYieldAsync_CallsWithoutAnImageAndImagesMadeAgain_AreForNothing()
    {
        var (process, batch, insight) = (await RegisterAsync(), await ImportAsync(3), new PostgresBatchInsight(Source));
        // The last one is billed and gives nothing; the database's own day is what counts.
        await WorkOffAsync(process, batch, (item, attempt) => item.Key == "key-3"
            ? Failed(item, attempt) with { Ledger = new LedgerEntry(LedgerKinds.Reported, new TokenUsage(1, 2, 3, 4), 0, 0.5m, "book-1"), UsageJson = "{}" }
            : Succeeded(item, attempt, images: 2, cost: 0.1m));
        (await YieldAsync()).ShouldBe(new SpendYield(4, 0.7m, 0.5m));
        await Ledger.FoldAsync(Cancel);

        var first = await ScalarAsync<long>("select id from item where key = 'key-1'");
        (await Batches.RedoItemAsync(first, prompt: null, ActorlessCalls.Tester, Cancel)).Refusal.ShouldBeNull();
        (await YieldAsync()).ShouldBe(new SpendYield(2, 0.7m, 0.6m), "its images are others' by and by, and what they cost is gone");

        await ExecuteAsync("update ledger set cost_usd = cost_usd * 2");
        (await YieldAsync()).ShouldBe(new SpendYield(2, 1.4m, 1.2m));
        await Ledger.FoldAsync(Cancel);
        (await YieldAsync()).ShouldBe(new SpendYield(2, 1.4m, 1.2m));
        (await insight.GetYieldAsync(First, First, Cancel)).ShouldBe(new SpendYield(0, 0, 0));

        Task<SpendYield> YieldAsync() => insight.GetYieldAsync(First, First.AddYears(100), Cancel);
    }

    // The model, the user and the tag are the item's, so they don't change between its calls.
    private async Task BookAsync(IReadOnlyList<(int Item, DateTime At)> calls, Random random)
    {
        await using var command = Source.CreateCommand(
            """
            insert into ledger (at, attempt_id, item_id, batch_id, kind, model, "user", tags, usage,
                                input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, images, cost_usd, price_book)
            select c.at, c.attempt, c.item, 'b-' || c.item % 2, c.kind, 'm-' || c.item % 2, case when c.item % 4 > 1 then 'u' || c.item % 2 end,
                   case when c.item % 3 = 0 then '{}' else jsonb_build_object('brand', 'v' || c.item % 3) end, case when c.kind in ('reported', 'estimated') then '{}'::jsonb end,
                   c.attempt, 2 * c.attempt, 3 * c.attempt, 4 * c.attempt, 1, c.cost, 'v'
            from unnest($1::timestamptz[], $2::bigint[], $3::bigint[], $4::text[], $5::numeric[]) as c (at, attempt, item, kind, cost)
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = calls.Select(call => call.At).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = calls.Select(_ => (long)++_attempts).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = calls.Select(call => (long)call.Item).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = calls.Select(_ => random.Next(4) switch { 0 => LedgerKinds.Reported, 1 => LedgerKinds.Unreported, 2 => LedgerKinds.Estimated, _ => LedgerKinds.Unconfirmed }).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = calls.Select(_ => random.Next(5) == 0 ? (decimal?)null : random.NextInt64(1, 10_000_000_000) / 10_000_000_000m).ToArray() });
        await command.ExecuteNonQueryAsync(Cancel);
    }

    // Straight from the ledger.
    private async Task<string> ExpectedAsync(ReportDimension[] dimensions, DateOnly? from, DateOnly? to)
    {
        var keys = string.Join(", ", dimensions.Select(dimension => dimension.Kind switch
        {
            ReportDimensionKind.Day => "to_char(at at time zone 'UTC', 'YYYY-MM-DD')",
            ReportDimensionKind.Model => "model",
            ReportDimensionKind.Batch => "batch_id",
            ReportDimensionKind.User => "\"user\"",
            _ => "tags ->> 'brand'",
        }));
        var numbers = string.Join(", ", Enumerable.Range(1, dimensions.Length));
        await using var command = Source.CreateCommand(
            $"""
             select {keys}, count(distinct item_id),
                    coalesce(sum(input_text_tokens + input_image_tokens + output_text_tokens + output_image_tokens) filter (where kind <> 'unconfirmed'), 0)::bigint,
                    coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed'), 0), coalesce(sum(cost_usd) filter (where kind = 'unconfirmed'), 0), count(*) filter (where cost_usd is null),
                    coalesce(sum(cost_usd) filter (where kind = 'estimated'), 0)
             from ledger
             where at >= '{from ?? First.AddYears(-1):yyyy-MM-dd}Z'::timestamptz and at < '{(to ?? First.AddYears(1)).AddDays(1):yyyy-MM-dd}Z'::timestamptz
             group by {numbers} order by {numbers}
             """);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var lines = new List<string>();
        while (await reader.ReadAsync(Cancel))
        {
            var values = Enumerable.Range(0, reader.FieldCount).Select(at => reader.IsDBNull(at) ? "-" : reader.GetValue(at) is decimal usd ? Text(usd) : Convert.ToString(reader.GetValue(at), CultureInfo.InvariantCulture));
            lines.Add(string.Join(' ', values));
        }

        return string.Join('\n', lines);
    }

    private static string Line(ReportDimension[] dimensions, CostReportRow row) => string.Join(' ',
        [.. dimensions.Select(dimension => row.Keys[dimension.Name] ?? "-"), $"{row.Items}", $"{row.Tokens.Total}", Text(row.CostUsd), Text(row.UnconfirmedUsd), $"{row.Unpriced}", Text(row.EstimatedUsd)]);

    private static string Text(decimal usd) => usd.ToString("0.0000000000", CultureInfo.InvariantCulture);
}
