using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Storage.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>Lists of batches in every order, page by page.</summary>
public sealed class BatchSortTests : OwnDatabaseTest
{
    public static TheoryData<BatchSort> Sorts => [.. Enum.GetValues<BatchSort>()];

    [Theory]
    [MemberData(nameof(Sorts))]
    public async Task ListAsync_PagesOfAnyOrder_HaveEveryBatchOnceAndInOrder(BatchSort sort)
    {
        await FillAsync();
        var browser = new PostgresBatchBrowser(Source);
        var found = new List<BatchStatus>();
        string? after = null;
        do
        {
            var page = await browser.ListAsync(new BatchFilter { Sort = sort }, new PageRequest(after, 4), Cancel);
            page.Rows.Count.ShouldBeLessThanOrEqualTo(4);
            found.AddRange(page.Rows);
            after = page.Next;
        }
        while (after is not null);

        found.Select(row => row.Batch.Id).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(1, 15).Select(number => $"batch-{number:00}"));
        var keys = found.Select(row => sort switch
        {
            BatchSort.Newest => row.Batch.CreatedAt.UtcTicks,
            BatchSort.Oldest => -row.Batch.CreatedAt.UtcTicks,
            BatchSort.Cost => row.CostUsd,
            BatchSort.Left => (decimal)(row.Items.Total - row.Items.Ended),
            _ => row.Items.Rejected + row.Items.Failed + row.Items.Held,
        }).ToList();
        keys.ShouldBe(keys.OrderDescending());
        keys.Distinct().Count().ShouldBeGreaterThan(3, "else any order would do");
    }

    [Theory]
    [InlineData(BatchSort.Cost, "1.batch-01")]
    [InlineData(BatchSort.Cost, "x_batch-01")]
    [InlineData(BatchSort.Left, "1_")]
    [InlineData(BatchSort.Newest, "1_batch-01")]
    [InlineData(BatchSort.Oldest, "-1.batch-01")]
    public async Task ListAsync_CursorOfAnotherOrder_IsRefused(BatchSort sort, string cursor) =>
        await Should.ThrowAsync<InvalidCursorException>(() => new PostgresBatchBrowser(Source).ListAsync(new BatchFilter { Sort = sort }, new PageRequest(cursor, 4), Cancel));

    [Fact]
    public async Task ListAsync_SortedAndFiltered_HasOnlyWhatIsWanted()
    {
        await FillAsync();
        var page = await new PostgresBatchBrowser(Source).ListAsync(new BatchFilter { Sort = BatchSort.Cost, Text = "batch-1", States = [BatchState.Paused] }, new PageRequest(null, 50), Cancel);
        page.Rows.Select(row => row.Batch.Id).ShouldBe(["batch-11", "batch-15", "batch-14", "batch-10", "batch-13", "batch-12"], ignoreOrder: true);
        page.Next.ShouldBeNull();
    }

    // Sums are partly folded and partly not, and one batch has none.
    private Task FillAsync() => ExecuteAsync("""
        insert into batch (id, name, state, options, tags, on_unknown, max_attempts, item_count, created_at)
        select 'batch-' || lpad(n::text, 2, '0'), 'some', 'paused', '{}', '{}', 'retry', 5, 9, now() - n * interval '7 minutes' from generate_series(1, 15) n;
        insert into batch_tally (batch_id, pending, failed, cost_usd) select id, 3 + n % 4, n % 3, n * 0.25 from (select id, substr(id, 7)::int as n from batch) b where n < 15;
        insert into batch_change (batch_id, pending, sending, held, cost_usd) select id, -1, n % 2, n % 5, 0.0000000001 * n from (select id, substr(id, 7)::int as n from batch) b where n % 2 = 0
        """);
}
