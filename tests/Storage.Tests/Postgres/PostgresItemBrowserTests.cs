using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresItemBrowserTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    private PostgresItemBrowser Browser => new(Source);

    [Fact]
    public async Task GetNeighboursAsync_InAllStatesOrSome_StepsInManifestOrderWithinTheBatch()
    {
        var (batch, ids) = await EndedAsync(5, (item, attempt) => item.Key is "key-2" or "key-4" ? Failed(item, attempt) : Succeeded(item, attempt));
        await ImportAsync(2);

        (await Browser.GetNeighboursAsync(batch, ids[2], [], Cancel)).ShouldBe((ids[1], ids[3]));
        (await Browser.GetNeighboursAsync(batch, ids[0], [], Cancel)).ShouldBe((null, ids[1]));
        (await Browser.GetNeighboursAsync(batch, ids[4], [], Cancel)).ShouldBe((ids[3], null));
        (await Browser.GetNeighboursAsync(batch, ids[2], [ItemState.Succeeded], Cancel)).ShouldBe((ids[0], ids[4]));
        // Also of one that isn't in the list any more, as after a retry.
        (await Browser.GetNeighboursAsync(batch, ids[1], [ItemState.Succeeded, ItemState.Reused], Cancel)).ShouldBe((ids[0], ids[2]));
        (await Browser.GetNeighboursAsync(batch, ids[3], [ItemState.Failed], Cancel)).ShouldBe((ids[1], null));
        (await Browser.GetNeighboursAsync(batch, ids[2], [ItemState.Held], Cancel)).ShouldBe((null, null));
    }

    [Fact]
    public async Task ListImagesAsync_SomeAreMadeAgain_HasThemAtTheirPlacesWhateverCameOfThem()
    {
        var (batch, ids) = await EndedAsync(6, (item, attempt) => item.Key == "key-3" ? Failed(item, attempt) : Succeeded(item, attempt));
        foreach (var at in (int[])[1, 3, 5]) (await Batches.RedoItemAsync(ids[at], null, ActorlessCalls.Tester, Cancel)).Items.ShouldBe(1);
        // Of the three that are made again one fails, one comes back, and one is still open.
        var process = await RegisterAsync();
        var claimed = (await ClaimAsync(process, batch)).OrderBy(item => item.Id).ToList();
        var attempts = await Items.BeginAttemptsAsync(process, claimed, Cancel);
        await Items.CompleteAsync([Failed(claimed[0], attempts[0]!), Succeeded(claimed[1], attempts[1]!)], Cancel);

        (await RowsAsync(null, 10)).ShouldBe("key-1 Succeeded, key-2 Failed, key-4 Succeeded, key-5 Succeeded, key-6 Sending");
        // By pages, the same.
        (await RowsAsync(null, 2)).ShouldBe("key-1 Succeeded, key-2 Failed > 2");
        (await RowsAsync(ids[1].ToString(), 2)).ShouldBe("key-4 Succeeded, key-5 Succeeded > 5");
        (await RowsAsync(ids[4].ToString(), 2)).ShouldBe("key-6 Sending");
        (await RowsAsync(ids[5].ToString(), 2)).ShouldBe("");
        await Should.ThrowAsync<InvalidCursorException>(() => Browser.ListImagesAsync(batch, new PageRequest("x", 2), Cancel));

        async Task<string> RowsAsync(string? after, int limit)
        {
            var page = await Browser.ListImagesAsync(batch, new PageRequest(after, limit), Cancel);
            var next = page.Next is null ? "" : $" > {Array.IndexOf(ids, long.Parse(page.Next)) + 1}";
            return string.Join(", ", page.Rows.Select(row => $"{row.Key} {row.State}")) + next;
        }
    }

    [Fact]
    public async Task ListImagesAsync_NoneMadeAgain_LeavesOutWhatNeverHadAnImage()
    {
        var (batch, _) = await EndedAsync(3, (item, attempt) => item.Key == "key-1" ? Failed(item, attempt) : Succeeded(item, attempt));

        (await Browser.ListImagesAsync(batch, new PageRequest(null, 10), Cancel)).Rows.Select(row => row.Key).ShouldBe(["key-2", "key-3"]);
        (await Browser.ListImagesAsync("no-such", new PageRequest(null, 10), Cancel)).Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task ListRefusalsAsync_AmongOtherErrors_GivesWhatModerationRefusedByPages()
    {
        var (batch, _) = await EndedAsync(7, (item, attempt) => item.Key switch
        {
            "key-1" => Succeeded(item, attempt),
            "key-2" => Failed(item, attempt),
            "key-3" => Rejected(item, attempt, ErrorClasses.InvalidRequest, "invalid_value", null),
            // Codes differ; the order is the manifest's all the same.
            "key-5" => Rejected(item, attempt, ErrorClasses.Moderation, "a_policy", """{"moderation_stage":"output","categories":["violence","self-harm"]}"""),
            "key-6" => Rejected(item, attempt, ErrorClasses.Moderation, null, null),
            _ => Rejected(item, attempt, ErrorClasses.Moderation, "moderation_blocked", """{"moderation_stage":"input","categories":["sexual"]}"""),
        });

        var first = await Browser.ListRefusalsAsync(batch, new PageRequest(null, 3), Cancel);
        var second = await Browser.ListRefusalsAsync(batch, new PageRequest(first.Next, 3), Cancel);

        first.Rows.Select(row => row.Item.Key).ShouldBe(["key-4", "key-5", "key-6"]);
        second.Rows.Select(row => row.Item.Key).ShouldBe(["key-7"]);
        second.Next.ShouldBeNull();
        var refusal = first.Rows[1];
        (refusal.Attempt, refusal.Details.Stage, string.Join('|', refusal.Details.Categories)).ShouldBe((1, "output", "violence|self-harm"));
        (refusal.Item.Error!.Code, refusal.Item.Error.RequestId).ShouldBe(("a_policy", "req_refused"));
        (first.Rows[2].Details.Stage, first.Rows[2].Details.Categories.Count).ShouldBe((null, 0));
        (await Browser.ListRefusalsAsync("no-such", new PageRequest(null, 3), Cancel)).Rows.ShouldBeEmpty();
        await Should.ThrowAsync<InvalidCursorException>(() => Browser.ListRefusalsAsync(batch, new PageRequest("-1", 3), Cancel));
    }

    [Fact]
    public async Task ListRefusalsAsync_RetriedOnes_AreGoneUntilRefusedAgain()
    {
        ItemCompletion Refuse(ClaimedItem item, Attempt attempt) => Rejected(item, attempt, ErrorClasses.Moderation, "moderation_blocked", null);
        var (batch, ids) = await EndedAsync(2, Refuse);

        (await Batches.RetryItemAsync(ids[0], "Reworded", ActorlessCalls.Tester, Cancel)).Items.ShouldBe(1);
        (await Browser.ListRefusalsAsync(batch, new PageRequest(null, 10), Cancel)).Rows.ShouldHaveSingleItem().Item.Id.ShouldBe(ids[1]);
        await WorkOffAsync(await RegisterAsync(), batch, Refuse);

        var rows = (await Browser.ListRefusalsAsync(batch, new PageRequest(null, 10), Cancel)).Rows;
        rows.Select(row => (row.Item.Id, row.Attempt)).ShouldBe([(ids[0], 2), (ids[1], 1)]);
        rows[0].Item.Prompt.ShouldBe("Reworded");
    }

    [Fact]
    public async Task GetAsync_MadeAgainTwice_TellsFormerImagesTheNewestFirst()
    {
        var (batch, ids) = await EndedAsync(1, (item, attempt) => Succeeded(item, attempt, images: 2));
        for (var time = 0; time < 2; time++)
        {
            (await Batches.RedoItemAsync(ids[0], null, ActorlessCalls.Tester, Cancel)).Items.ShouldBe(1);
            await WorkOffAsync(await RegisterAsync(), batch, (item, attempt) => Succeeded(item, attempt, images: 2));
        }

        var detail = (await Browser.GetAsync(ids[0], Cancel)).ShouldNotBeNull();
        detail.Former.Select(former => (former.Attempt, former.Image.Index)).ShouldBe([(2, 0), (2, 1), (1, 0), (1, 1)]);
        detail.Former.Select(former => former.Image.Path).ShouldNotContain(detail.Item.Outputs[0].Path);
        (detail.Former[0].Image.Bytes, detail.Former[0].Image.Format, detail.Former[0].Image.Height, detail.Former[1].Image.Height).ShouldBe((1000, "png", 48, null));
        (await Browser.GetFormerAsync(ids[0], 1, 1, Cancel)).ShouldBe(detail.Former[3]);
        // What is current isn't former.
        (await Browser.GetFormerAsync(ids[0], 3, 0, Cancel)).ShouldBeNull();
        (await Browser.GetFormerAsync(ids[0] + 1, 1, 0, Cancel)).ShouldBeNull();
    }

    private static ItemCompletion Rejected(ClaimedItem item, Attempt attempt, string errorClass, string? code, string? details) => new(item, ItemState.Rejected)
    {
        Attempt = attempt,
        AttemptState = AttemptState.Rejected,
        SpendsAttempt = true,
        HttpStatus = 400,
        RequestId = "req_refused",
        Error = new ServiceError(errorClass, code, "No.") { DetailsJson = details },
    };

    private async Task<(string Batch, long[] Ids)> EndedAsync(int items, Func<ClaimedItem, Attempt, ItemCompletion> complete)
    {
        var batch = await ImportAsync(items);
        await WorkOffAsync(await RegisterAsync(), batch, complete);
        await Batches.TryFinishAsync(batch, Cancel);
        return (batch, await ScalarAsync<long[]>("select array_agg(id order by id) from item where batch_id = $1", batch));
    }
}
