using Darkroom.Jobs.Access;
using Darkroom.Jobs.Reviews;
using Darkroom.Storage.Postgres;
using Darkroom.Storage.Postgres.Sql;
using Darkroom.Testing.Postgres;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresReviewStoreTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    private static readonly Actor Anna = new("anna", "page");

    private PostgresReviewStore Reviews => new(Source);

    [Fact]
    public async Task DecideAsync_TwiceAndBack_KeepsTheLastAndNotesAll()
    {
        var (batch, ids) = await EndedAsync(2);

        (await Reviews.DecideAsync(ids[0], Decision.Rejected, "too dark", Anna, Cancel)).ShouldBeTrue();
        (await Reviews.DecideAsync(ids[0], Decision.Approved, null, new Actor("ben", "api"), Cancel)).ShouldBeTrue();
        var kept = (await Reviews.GetAsync(ids, Cancel)).ShouldHaveSingleItem().Value;
        (kept with { At = default }).ShouldBe(new Review(ids[0], "key-1", Decision.Approved, null, default, "ben"));
        kept.At.UtcDateTime.ShouldBe(await ScalarAsync<DateTime>("select decided_at from review where item_id = $1", ids[0]));

        (await Reviews.DecideAsync(ids[0], null, null, Anna, Cancel)).ShouldBeTrue();
        (await Reviews.GetAsync(ids, Cancel)).ShouldBeEmpty();
        (await ScalarAsync<string>("select string_agg(concat_ws(' ', actor, detail ->> 'decision', detail ->> 'note'), ', ' order by id) from audit where batch_id = $1 and action = 'item.review'", batch))
            .ShouldBe("anna rejected too dark, ben approved, anna");
    }

    [Fact]
    public async Task DecideAsync_WithoutImagesOrItem_IsRefusedAndNotNoted()
    {
        var batch = await ImportAsync(1);
        var pending = await ScalarAsync<long>("select id from item where batch_id = $1", batch);

        (await Reviews.DecideAsync(pending, Decision.Approved, null, Anna, Cancel)).ShouldBeFalse();
        (await Reviews.DecideAsync(pending, null, null, Anna, Cancel)).ShouldBeFalse();
        (await Reviews.DecideAsync(long.MaxValue, Decision.Approved, null, Anna, Cancel)).ShouldBeFalse();
        (await ScalarAsync<long>("select count(*) from audit where batch_id = $1 and action = 'item.review'", batch)).ShouldBe(0);
    }

    [Fact]
    public async Task GetProgressAsync_SomeDecided_CountsThisBatchOnly()
    {
        var (batch, ids) = await EndedAsync(4);
        var (_, others) = await EndedAsync(1);
        await Reviews.DecideAsync(others[0], Decision.Approved, null, Anna, Cancel);
        (await Reviews.GetProgressAsync(batch, Cancel)).ShouldBe(new ReviewProgress(0, 0, 0, null));

        await Reviews.DecideAsync(ids[2], Decision.Redo, "less yellow", Anna, Cancel);
        await Reviews.DecideAsync(ids[0], Decision.Approved, null, Anna, Cancel);
        await Reviews.DecideAsync(ids[1], Decision.Rejected, null, Anna, Cancel);

        var progress = await Reviews.GetProgressAsync(batch, Cancel);
        progress.ShouldBe(new ReviewProgress(1, 1, 1, ids[2]));
        progress.Decided.ShouldBe(3);
        var read = new List<string>();
        await foreach (var review in Reviews.ReadAsync(batch, Cancel)) read.Add($"{review.Key} {review.Decision} {review.Note}".TrimEnd());
        read.ShouldBe(["key-1 Approved", "key-2 Rejected", "key-3 Redo less yellow"]);
    }

    [Fact]
    public async Task RedoItemAsync_ItemWasApproved_TheNewImageIsUndecidedAndTheAuditKnows()
    {
        var (batch, ids) = await EndedAsync(2);
        await Reviews.DecideAsync(ids[0], Decision.Approved, "fine", Anna, Cancel);
        await Reviews.DecideAsync(ids[1], Decision.Approved, null, Anna, Cancel);

        (await Batches.RedoItemAsync(ids[0], "Better, no shadow", Anna, Cancel)).Items.ShouldBe(1);

        (await Reviews.GetAsync(ids, Cancel)).Keys.ShouldBe([ids[1]]);
        (await ScalarAsync<string>("select concat_ws('|', actor, detail ->> 'item' = $2, detail ->> 'prompt', detail ->> 'decision', detail ->> 'note') from audit where batch_id = $1 and action = 'item.redo'", batch, ids[0].ToString()))
            .ShouldBe("anna|t|Better, no shadow|approved|fine");
        // Until there is a new image there is nothing to decide on; then the count begins anew.
        (await Reviews.DecideAsync(ids[0], Decision.Rejected, null, Anna, Cancel)).ShouldBeFalse();
        await WorkOffAsync(await RegisterAsync(), batch, (item, attempt) => Succeeded(item, attempt));
        (await Reviews.GetProgressAsync(batch, Cancel)).Decided.ShouldBe(1);
        (await Reviews.DecideAsync(ids[0], Decision.Rejected, null, Anna, Cancel)).ShouldBeTrue();
    }

    [Fact]
    public async Task RedoItemAsync_Refused_LeavesTheDecision()
    {
        var (batch, ids) = await EndedAsync(1);
        await Reviews.DecideAsync(ids[0], Decision.Approved, null, Anna, Cancel);
        await ExecuteAsync("update batch set purging_since = now() where id = $1", batch);

        (await Batches.RedoItemAsync(ids[0], null, Anna, Cancel)).Refusal.ShouldNotBeNull();

        (await Reviews.GetAsync(ids, Cancel)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task RedoItemAsync_WhileADecisionIsBeingWritten_TakesItAway()
    {
        var (_, ids) = await EndedAsync(1);
        await using var connection = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var decide = new NpgsqlCommand(ReviewSql.Decide, connection)
            .With("item_id", ids[0]).With("decision", "approved").With("note", "note").With("decided_by", "anna")) (await decide.ExecuteScalarAsync(Cancel)).ShouldNotBeNull();

        var redo = Batches.RedoItemAsync(ids[0], null, Anna, Cancel);
        await BlockedOrDoneAsync(redo);
        await transaction.CommitAsync(Cancel);

        (await redo).Items.ShouldBe(1);
        (await Reviews.GetAsync(ids, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task DecideAsync_WhileItIsBeingMadeAgain_IsRefused()
    {
        var (_, ids) = await EndedAsync(1);
        await using var connection = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var redo = new NpgsqlCommand(BatchSql.RedoItem, connection).With(ids[0]).WithNullable(NpgsqlTypes.NpgsqlDbType.Text, null)) (await redo.ExecuteScalarAsync(Cancel)).ShouldNotBeNull();

        var decide = Reviews.DecideAsync(ids[0], Decision.Approved, null, Anna, Cancel);
        await BlockedOrDoneAsync(decide);
        await transaction.CommitAsync(Cancel);

        (await decide).ShouldBeFalse();
        (await Reviews.GetAsync(ids, Cancel)).ShouldBeEmpty();
    }

    private async Task<(string Batch, long[] Ids)> EndedAsync(int items)
    {
        var batch = await ImportAsync(items);
        await WorkOffAsync(await RegisterAsync(), batch, (item, attempt) => Succeeded(item, attempt));
        await Batches.TryFinishAsync(batch, Cancel);
        return (batch, await ScalarAsync<long[]>("select array_agg(id order by id) from item where batch_id = $1", batch));
    }
}
