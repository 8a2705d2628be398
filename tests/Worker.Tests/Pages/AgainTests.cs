using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Darkroom.Worker.Tests.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Darkroom.Worker.Tests.Pages;

/// <summary>What is made, tried or run once more: from the review, from the list of refusals, from the schedules.</summary>
public sealed class AgainTests(PageWorld world) : IClassFixture<PageWorld>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Review_MadeAgainAndWaiting_IsUndecidedCantBeUndoneAndShowsWhatBecomesOfIt()
    {
        var batch = await world.SubmitAsync("made again slowly", world.Row("mug", "Put it on white") + "\n");
        await world.UntilEndedAsync(batch);
        // Nobody works on it from here on: what is made again waits for as long as this looks at it.
        (await world.World.CountAsync($"with held as (update batch set state = 'paused', finished_at = null where id = '{batch}' returning 1) select count(*) from held")).ShouldBe(1);
        var page = await world.OpenAsync($"/batches/{batch}/review");
        await world.UntilLiveAsync(page);
        var frame = page.Locator("#sheet .frame");
        await Expect(frame.Locator("a")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("a");
        await Expect(frame).ToHaveAttributeAsync("data-decision", "approved");

        await page.Keyboard.PressAsync("r");
        await Expect(page.Locator("#noting")).ToContainTextAsync("is paid for again. Going by the calls so far that costs about $");
        await Expect(page.Locator("#noting")).ToContainTextAsync("This can't be undone.");
        await Expect(page.GetByLabel("Note")).ToHaveValueAsync("");
        await PageWorld.KeepAsync(page, "redo-light");
        await page.GetByLabel("Note").FillAsync("no shadow");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make it again now" }).ClickAsync();

        await Expect(frame).ToHaveAttributeAsync("data-making", "making");
        await Expect(frame).ToHaveAttributeAsync("data-decision", "");
        await Expect(frame.Locator(".verdict")).ToHaveTextAsync(Like("being made again"));
        await Expect(frame.Locator("a")).ToHaveAttributeAsync("aria-label", "mug, being made again");
        await Expect(page.Locator("#decided")).ToHaveTextAsync("0");
        await frame.Locator("a").FocusAsync();
        await page.Keyboard.PressAsync("a");
        await Expect(page.Locator(".toast").Last).ToHaveTextAsync("It has no new image yet; decide when it has.");
        await page.Keyboard.PressAsync("u");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Making it again can't be undone");
        (await world.World.CountAsync($"select count(*) from review where batch_id = '{batch}'")).ShouldBe(0);
        (await world.World.CountAsync($@"select count(*) from audit where batch_id = '{batch}' and action = 'item.redo' and detail ->> 'decision' = 'approved' and detail ->> 'prompt' = E'Put it on white\nno shadow'")).ShouldBe(1);

        // Whoever comes later sees it, too; and what became of it, as it happens.
        await page.ReloadAsync();
        await Expect(frame).ToHaveAttributeAsync("data-making", "making");
        await Expect(frame.Locator(".nothing")).ToHaveTextAsync("being made again");
        await PageWorld.KeepAsync(page, "made-again-light");
        await world.UntilLiveAsync(page);
        using var client = world.Client();
        using var canceled = await client.PostAsync($"/v1/batches/{batch}/cancel", null, Cancel);
        canceled.IsSuccessStatusCode.ShouldBeTrue();
        await Expect(frame).ToHaveAttributeAsync("data-making", "unmade");
        await Expect(frame.Locator(".nothing")).ToHaveTextAsync("called off before it was made again");
    }

    [Fact]
    public async Task Review_MadeAgain_ComesBackByItselfToBeDecidedAndKeepsTheFormerImage()
    {
        var batch = await world.SubmitAsync("made again", world.Rows(2));
        await world.UntilEndedAsync(batch);
        var item = (await world.GetAsync($"/v1/batches/{batch}/items?key=item-1"))["items"]![0]!["item"]!.GetValue<long>();
        var page = await world.OpenAsync($"/batches/{batch}/review");
        await world.UntilLiveAsync(page);
        var frames = page.Locator("#sheet .frame");
        await Expect(frames.Nth(0).Locator("a")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("r");
        await page.GetByLabel("Note").FillAsync("no shadow");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make it again now" }).ClickAsync();
        await Expect(frames.Nth(1).Locator("a")).ToBeFocusedAsync();

        await Poll.UntilAsync(async () => (await DetailAsync())["item"]!["state"]!.GetValue<string>() == "succeeded" && (await DetailAsync())["former"]!.AsArray().Count == 1, "the new image");
        await Expect(frames.Nth(0)).Not.ToHaveAttributeAsync("data-making", Like("."));
        await Expect(frames.Nth(0).Locator("img.now")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("x");
        await Expect(frames.Nth(0)).ToHaveAttributeAsync("data-decision", "rejected");

        var former = (await DetailAsync())["former"]![0]!;
        (former["attempt"]!.GetValue<int>(), former["number"]!.GetValue<int>()).ShouldBe((1, 0));
        using var client = world.Client();
        var address = former["address"]!.GetValue<string>();
        Convert.ToHexStringLower(SHA256.HashData(await client.GetByteArrayAsync(address, Cancel))).ShouldBe(former["image"]!["sha256"]!.GetValue<string>());
        using (var small = await client.GetAsync($"{address}/thumbnail?width=240", Cancel)) small.Content.Headers.ContentType!.MediaType!.ShouldStartWith("image/");
        using (var none = await client.GetAsync($"/v1/items/{item}/former/2/0", Cancel)) none.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound, "what is current isn't former");

        await page.GotoAsync($"/items/{item}");
        await Expect(page.Locator("#former .current")).ToHaveTextAsync(Like("Current"));
        await Expect(page.Locator("#former-1-0")).ToContainTextAsync("Former, attempt 1");
        await Expect(page.Locator("#former-1-0 a")).ToHaveAttributeAsync("href", address);
        await page.Locator("#former").ScrollIntoViewIfNeededAsync();
        await PageWorld.KeepAsync(page, "former-light");

        async Task<JsonNode> DetailAsync() => await world.GetAsync($"/v1/items/{item}");
    }

    [Fact]
    public async Task Refusals_OfABatch_AreListedForAppealsAndRetriedWithAnotherPrompt()
    {
        var batch = await world.SubmitAsync("some not wanted", world.Rows(1) + world.Row("armed", "Add a weapon") + "\n" + world.Row("=armed", "Put a weapon beside it") + "\n");
        await world.UntilEndedAsync(batch);
        var page = await world.OpenAsync($"/batches/{batch}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Refusals", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Refused by moderation");
        var rows = page.Locator("#refusals > li");
        await Expect(rows).ToHaveCountAsync(2);
        var items = (await world.GetAsync($"/v1/batches/{batch}/items?state=rejected"))["items"]!.AsArray();
        foreach (var text in new[] { "armed", "Add a weapon", "violence", "Stageinput", "moderation_blocked", items[0]!["error"]!["request_id"]!.GetValue<string>() })
            await Expect(rows.Nth(0)).ToContainTextAsync(text);
        await Expect(rows.Nth(1)).ToContainTextAsync(items[1]!["error"]!["request_id"]!.GetValue<string>());
        await PageWorld.KeepAsync(page, "refusals-desk");

        using var client = world.Client();
        using var csv = await client.GetAsync($"/v1/batches/{batch}/refusals", Cancel);
        csv.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        var lines = (await csv.Content.ReadAsStringAsync(Cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        lines.Length.ShouldBe(3);
        lines[0].ShouldBe("id,item,prompt,stage,categories,error_code,error_message,request_id,attempt,at");
        lines[1].ShouldStartWith($"armed,{items[0]!["item"]},Add a weapon,input,violence,moderation_blocked,");
        lines[1].ShouldContain($",{items[0]!["error"]!["request_id"]!.GetValue<string>()},1,");
        // A formula to a spreadsheet, if it weren't escaped.
        lines[2].ShouldNotStartWith("=");

        await rows.Nth(0).GetByRole(AriaRole.Link, new() { NameRegex = Like("Retry with another prompt") }).ClickAsync();
        await Expect(page.GetByLabel("Prompt")).ToBeFocusedAsync();
        await page.GetByLabel("Prompt").FillAsync("Put a mug on white");
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(page.Locator("#item")).ToHaveAttributeAsync("data-state", "succeeded");
        await page.GotoAsync($"/batches/{batch}/review");
        await page.GetByRole(AriaRole.Link, new() { Name = "Refusals", Exact = true }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("=armed");
    }

    [Fact]
    public async Task Schedules_RunPausedResumedAndRemovedByButtons_ShowWhatEachRunCameTo()
    {
        world.World.Folder.Write("nightly.jsonl", world.Rows(2, "For the schedule"));
        (await world.World.RunAsync("schedule", "add", "nightly", "--cron", "0 2 1 1 *", "--manifest", "nightly.jsonl", "--yes")).ShouldExit(0);
        var page = await world.OpenAsync("/schedules");
        var section = page.Locator("#schedule-nightly");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now nightly" }).ClickAsync();
        await Expect(page.Locator("#confirm-text")).ToContainTextAsync("is paid for");
        await page.Locator("#confirm-yes").ClickAsync();
        await Expect(page.Locator(".toast").Last).ToContainTextAsync("The run: started.");
        await Expect(section.Locator("tbody tr")).ToHaveCountAsync(1);
        var run = (await world.GetAsync("/v1/schedules/nightly/runs"))[0]!;
        await world.UntilEndedAsync(run["batch"]!.GetValue<string>());
        run = (await world.GetAsync("/v1/schedules/nightly/runs"))[0]!;
        var usd = decimal.Parse(run["cost_usd"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        usd.ShouldBeGreaterThan(0);

        await page.Locator("body").PressAsync("r");
        // As the API, and so the command line, counts them: items, changed, reused, failed, cost.
        var cells = section.Locator("tbody tr td");
        await Expect(cells.Nth(0)).ToHaveTextAsync(Like("Completed"));
        await Expect(section.Locator("tbody a")).ToHaveTextAsync(run["batch"]!.GetValue<string>());
        foreach (var (cell, text) in new[] { (2, "2"), (3, "2"), (4, "0"), (5, "0"), (6, usd.ToString("$0.0000", CultureInfo.InvariantCulture)) }) await Expect(cells.Nth(cell)).ToHaveTextAsync(text);
        await PageWorld.KeepAsync(page, "schedules-run-light");
        await page.SetViewportSizeAsync(375, 860);
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await page.ReloadAsync();
        await page.EvaluateAsync(await Chromium.ReadAxeAsync());
        (await page.EvaluateAsync<string[]>("async () => (await axe.run()).violations.filter(one => ['serious', 'critical'].includes(one.impact)).map(one => `${one.id}: ${one.nodes[0].html}`)")).ShouldBeEmpty();
        await PageWorld.KeepAsync(page, "schedules-run-dark-375");

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause nightly" }).ClickAsync();
        await Expect(section).ToHaveAttributeAsync("data-paused", "true");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(section).ToHaveAttributeAsync("data-paused", "false");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause nightly" }).ClickAsync();
        await Expect(section).ToHaveAttributeAsync("data-paused", "true");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume nightly" }).ClickAsync();
        await Expect(section).ToHaveAttributeAsync("data-paused", "false");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove nightly" }).ClickAsync();
        await Expect(page.Locator("#confirm-text")).ToContainTextAsync("its batches stay");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await Expect(section).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove nightly" }).ClickAsync();
        await page.Locator("#confirm-yes").ClickAsync();
        await Expect(section).ToHaveCountAsync(0);
        (await world.World.CountAsync("select count(*) from schedule where name = 'nightly'")).ShouldBe(0);
        (await world.World.CountAsync($"select count(*) from batch where id = '{run["batch"]!.GetValue<string>()}'")).ShouldBe(1);
    }

    private static Regex Like(string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromSeconds(5));
}
