using System.Collections.Concurrent;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Changes;
using Darkroom.Storage.Postgres;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>What is kept of batches' sums, and what is told of their changes.</summary>
public sealed class ChangeFeedTests : OwnDatabaseTest
{
    private static readonly TimeSpan AtOnce = TimeSpan.Zero;

    private PostgresChangeFeed Feed => new(Source);

    [Fact]
    public async Task ReadAsync_StatesChange_TellsBatchAndItems()
    {
        var batch = await ImportAsync(3);
        var position = await Feed.GetPositionAsync(Cancel);
        (await Feed.ReadAsync(position, null, Cancel)).Batches.ShouldBeEmpty();

        var (item, attempt) = await BeginOneAsync(await RegisterAsync(), batch);
        var begun = await Feed.ReadAsync(position, null, Cancel);
        begun.IsGap.ShouldBeFalse();
        var change = begun.Batches.ShouldHaveSingleItem();
        (change.BatchId, change.HasMoreItems).ShouldBe((batch, false));
        change.ItemIds.ShouldBe([item.Id]);

        await Items.CompleteAsync([Succeeded(item, attempt)], Cancel);
        (await Feed.ReadAsync(begun.Position, batch, Cancel)).Batches.ShouldHaveSingleItem().ItemIds.ShouldBe([item.Id]);
        (await Feed.ReadAsync(begun.Position, "another-batch", Cancel)).Batches.ShouldBeEmpty();
    }

    [Fact]
    public async Task ReadAsync_TransactionCommitsAfterALaterOne_IsStillTold()
    {
        var (late, early) = (await ImportAsync(1), await ImportAsync(1));
        await using var connection = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var pause = new NpgsqlCommand("update batch set priority = 9 where id = @id", connection) { Parameters = { new("id", late) } }) await pause.ExecuteNonQueryAsync(Cancel);
        var position = await Feed.GetPositionAsync(Cancel);
        await Batches.ApplyAsync(early, BatchAction.Pause, Cancel);

        var first = await Feed.ReadAsync(position, null, Cancel);
        first.Batches.Select(change => change.BatchId).ShouldBe([early]);
        await transaction.CommitAsync(Cancel);

        (await Feed.ReadAsync(first.Position, null, Cancel)).Batches.Select(change => change.BatchId).ShouldBe([late]);
    }

    [Fact]
    public async Task ReadAsync_ManyWritersAtOnce_NothingIsPassedOver()
    {
        const int Writers = 8, Rounds = 25;
        var batches = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => ImportAsync(1)));
        var seen = new ConcurrentDictionary<long, bool>();
        var position = await Feed.GetPositionAsync(Cancel);
        await ExecuteAsync("create table written (change bigint)");
        var writing = Task.WhenAll(batches.Select(async batch =>
        {
            for (var round = 0; round < Rounds; round++)
                await ExecuteAsync("with c as (insert into batch_change (batch_id, items) values ($1, array[nextval('lease_token')]) returning items[1] as change) insert into written select change from c", batch);
        }));
        while (true)
        {
            var isLast = writing.IsCompleted;
            var changes = await Feed.ReadAsync(position, null, Cancel);
            changes.IsGap.ShouldBeFalse();
            foreach (var change in changes.Batches.SelectMany(change => change.ItemIds)) seen.TryAdd(change, true).ShouldBeTrue("Told twice.");
            position = changes.Position;
            if (isLast) break;
        }

        await writing;
        seen.Count.ShouldBe(Writers * Rounds);
        (await ScalarAsync<long>("select count(*) from written")).ShouldBe(Writers * Rounds);
    }

    [Fact]
    public async Task ReadAsync_OldPosition_IsAGap()
    {
        var position = await Feed.GetPositionAsync(Cancel);
        var dot = position.IndexOf('.', StringComparison.Ordinal);
        var old = $"{long.Parse(position[..dot]) - (long)IChangeFeed.Retention.TotalSeconds}{position[dot..]}";

        var changes = await Feed.ReadAsync(old, null, Cancel);

        changes.IsGap.ShouldBeTrue();
        (await Feed.ReadAsync(changes.Position, null, Cancel)).IsGap.ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("x.1:1:")]
    [InlineData("1.2:1:")]
    [InlineData("1.1:1:;select")]
    [InlineData("99999999999999999999.1:1:")]
    public async Task ReadAsync_NoPosition_IsRefused(string position) =>
        await Should.ThrowAsync<FormatException>(() => Feed.ReadAsync(position, null, Cancel));

    [Fact]
    public async Task FoldAsync_AtAnyTime_SumsStayThoseOfTheRows()
    {
        var batch = await ImportAsync(20);
        var process = await RegisterAsync();
        await ShouldBeExactAsync(batch);
        await WorkOffAsync(process, batch, (item, attempt) => int.Parse(item.Key[4..]) switch
        {
            <= 8 => Succeeded(item, attempt),
            <= 12 => Succeeded(item, attempt, cost: null),
            <= 16 => Failed(item, attempt),
            _ => Throttled(item, attempt, TimeSpan.FromHours(1)),
        });
        await ShouldBeExactAsync(batch);

        (await Feed.FoldAsync(AtOnce, Cancel)).ShouldBeGreaterThan(0);
        (await ScalarAsync<long>("select count(*) from batch_change")).ShouldBe(0);
        await ShouldBeExactAsync(batch);

        await Batches.RetryAsync(batch, [ItemState.Failed], Cancel);
        await ExecuteAsync("update ledger set cost_usd = 1.5 where cost_usd is null and batch_id = $1", batch);
        await ShouldBeExactAsync(batch);
        await Batches.ApplyAsync(batch, BatchAction.Cancel, Cancel);
        await ShouldBeExactAsync(batch);
        await Feed.FoldAsync(AtOnce, Cancel);
        await ShouldBeExactAsync(batch);
    }

    [Fact]
    public async Task FoldAsync_Young_IsKept()
    {
        await ImportAsync(1);
        (await Feed.FoldAsync(IChangeFeed.Retention, Cancel)).ShouldBe(0);
        (await ScalarAsync<long>("select count(*) from batch_change")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task FoldAsync_WhileOthersWriteAndRead_SumsAreExactThroughout()
    {
        var batch = await ImportAsync(200);
        var process = await RegisterAsync();
        var working = Task.Run(async () =>
        {
            for (var round = 0; round < 20; round++)
            {
                var items = await ClaimAsync(process, batch, 10);
                var attempts = await Items.BeginAttemptsAsync(process, items, Cancel);
                await Items.CompleteAsync([.. items.Select((item, at) => Succeeded(item, attempts[at]!))], Cancel);
            }
        }, Cancel);
        while (!working.IsCompleted)
        {
            await Feed.FoldAsync(AtOnce, Cancel);
            (await Batches.GetStatusAsync(batch, Cancel))!.Items.Total.ShouldBe(200);
        }

        await working;
        await ShouldBeExactAsync(batch);
    }

    private async Task ShouldBeExactAsync(string batch)
    {
        var status = (await Batches.GetStatusAsync(batch, Cancel)).ShouldNotBeNull();
        foreach (var state in Enum.GetValues<ItemState>())
        {
            var kept = (long)typeof(ItemCounts).GetProperty(state.ToString())!.GetValue(status.Items)!;
            kept.ShouldBe(await ScalarAsync<long>("select count(*) from item where batch_id = $1 and state = $2", batch, state.ToName()), state.ToName());
        }

        status.CostUsd.ShouldBe(await ScalarAsync<decimal>("select coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed'), 0) from ledger where batch_id = $1", batch));
        status.Unpriced.ShouldBe(await ScalarAsync<long>("select count(*) from ledger where batch_id = $1 and cost_usd is null", batch));
        status.Tokens.OutputImage.ShouldBe(await ScalarAsync<long>("select coalesce(sum(output_image_tokens), 0)::bigint from ledger where batch_id = $1", batch));
    }
}
