using System.Text;
using Darkroom.Worker.Tests.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Darkroom.Worker.Tests.Pages;

/// <summary>What people come for: submitting, reviewing, reading the costs; and that every page is fit to be used by everybody.</summary>
public sealed class WorkTests(PageWorld world) : IClassFixture<PageWorld>
{
    [Fact]
    public async Task Submit_ADroppedManifest_ShowsProblemsThenTheEstimateAndRunsBeforeOnesEyes()
    {
        var page = await world.OpenAsync("/submit");
        await DropAsync(page, "broken.jsonl", world.Row("good", "Put it on white") + "\n{\"id\":\"no-image\",\"prompt\":\"x\"}\n");
        await Expect(page.Locator("#problems-title")).ToHaveTextAsync("1 problem; it can't be started");
        await Expect(page.Locator("#problem-rows tr")).ToContainTextAsync("2");
        await Expect(page.Locator("#start")).ToBeDisabledAsync();

        await DropAsync(page, "dropped.jsonl", world.Rows(40));
        await Expect(page.Locator("#numbers")).ToContainTextAsync("Items40");
        await Expect(page.Locator("#problems")).ToBeHiddenAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("dropped by hand");
        await page.GetByLabel("Tag", new() { Exact = true }).FillAsync("season=test");
        await page.GetByLabel("Tag", new() { Exact = true }).BlurAsync();
        await Expect(page.Locator("#start")).ToBeEnabledAsync();
        await PageWorld.KeepAsync(page, "submit-light");
        await page.Locator("#start").ClickAsync();
        await Expect(page.Locator("#confirm-text")).ToContainTextAsync("It costs about $");
        await page.Locator("#confirm-yes").ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("dropped by hand");
        await Expect(page.Locator("#facts")).ToHaveAttributeAsync("data-state", "completed");
        await Expect(page.Locator("#facts")).ToContainTextAsync("season=test");
        await Expect(page.Locator("#grid .cell[data-state=succeeded]")).ToHaveCountAsync(40);
    }

    [Fact]
    public async Task Review_FromTheKeyboard_DecidesMovesAndUndoes()
    {
        var batch = await world.SubmitAsync("to be reviewed", world.Rows(4));
        await world.UntilEndedAsync(batch);
        var page = await world.OpenAsync($"/batches/{batch}/review");
        var frames = page.Locator("#sheet .frame");
        await Expect(frames).ToHaveCountAsync(4);
        await Expect(frames.Nth(0).Locator("a")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("a");
        await Expect(frames.Nth(0)).ToHaveAttributeAsync("data-decision", "approved");
        // An arrow only moves.
        await Expect(frames.Nth(1).Locator("a")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(frames.Nth(2).Locator("a")).ToBeFocusedAsync();
        await Expect(frames.Nth(1)).ToHaveAttributeAsync("data-decision", "");
        await page.Keyboard.PressAsync("x");
        await Expect(frames.Nth(2)).ToHaveAttributeAsync("data-decision", "rejected");
        await Expect(frames.Nth(3).Locator("a")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("r");
        await page.GetByLabel("Note").FillAsync("less yellow, please");
        await page.GetByRole(AriaRole.Button, new() { Name = "Only note it" }).ClickAsync();
        await Expect(frames.Nth(3)).ToHaveAttributeAsync("data-decision", "redo");
        await Expect(frames.Nth(3).Locator(".note")).ToHaveTextAsync("less yellow, please");
        // At the end the focus goes back to what is still open.
        await Expect(frames.Nth(1).Locator("a")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("a");
        await Expect(page.Locator("#decided")).ToHaveTextAsync("4");
        await page.Keyboard.PressAsync("u");
        await Expect(frames.Nth(1)).ToHaveAttributeAsync("data-decision", "");
        await Expect(page.Locator("#decided")).ToHaveTextAsync("3");
        await PageWorld.KeepAsync(page, "review-light");

        using var client = world.Client();
        var csv = (await client.GetStringAsync($"/v1/batches/{batch}/decisions")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        csv.Length.ShouldBe(4);
        csv[0].TrimEnd().ShouldBe("id,decision,note,by,at");
        csv[1].ShouldStartWith("item-1,approved,,local,");
        csv[2].ShouldStartWith("item-3,rejected,,local,");
        csv[3].ShouldStartWith("item-4,redo,\"less yellow, please\",local,");
        (await world.World.CountAsync("select count(*) from audit where action = 'item.review'")).ShouldBe(5);
    }

    [Fact]
    public async Task Costs_ByModelAndBatch_AddUpToWhatTheBatchesCost()
    {
        var batch = await world.SubmitAsync("to be paid", world.Rows(3));
        await world.UntilEndedAsync(batch);
        var page = await world.OpenAsync("/costs");
        await page.GetByRole(AriaRole.Link, new() { Name = "By batch" }).ClickAsync();
        var row = page.Locator("#costs tbody tr", new() { HasText = batch });
        await Expect(row).ToHaveCountAsync(1);
        var cost = (await world.GetAsync($"/v1/batches/{batch}"))["cost_usd"]!.GetValue<string>();
        await Expect(row).ToContainTextAsync(decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture).ToString("$0.0000", System.Globalization.CultureInfo.InvariantCulture));
        (await page.Locator(".stack rect").CountAsync()).ShouldBeGreaterThan(0);
        using var client = world.Client();
        (await client.GetStringAsync("/costs.csv?by=batch")).ShouldContain(batch);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Budgets" })).ToContainTextAsync("This month, all batches");

        // A row a day, and a day's own batches behind it.
        await page.GetByRole(AriaRole.Link, new() { Name = "By day" }).ClickAsync();
        var day = page.Locator("#costs tbody tr");
        await Expect(day).ToHaveCountAsync((await client.GetStringAsync("/costs.csv?by=day")).Trim().Split('\n').Length - 1);
        (await page.Locator(".stack rect").CountAsync()).ShouldBeGreaterThan(0);
        await day.First.GetByRole(AriaRole.Link).ClickAsync();
        await page.Locator("#costs tbody tr", new() { HasText = batch }).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("to be paid");
    }

    [Fact]
    public async Task Grid_OfSixtyPairs_LoadsUnderTwoMegabytesAndNeverAWholeImage()
    {
        var batch = await world.SubmitAsync("sixty", world.Rows(60));
        await world.UntilEndedAsync(batch);
        // From a page that asks for nothing more once it is there.
        var page = await world.OpenAsync("/models");
        var loaded = new List<string>();
        var foreign = new List<string>();
        page.Response += (_, response) =>
        {
            if (!response.Url.StartsWith(world.Address.ToString(), StringComparison.Ordinal)) lock (foreign) foreign.Add(response.Url);
            if (response.Status == 200 && response.Request.ResourceType != "eventsource") lock (loaded) loaded.Add(response.Url);
        };
        var whole = new List<string>();
        page.Request += (_, request) =>
        {
            if (request.Url.Contains("/outputs/", StringComparison.Ordinal) && !request.Url.Contains("/thumbnail", StringComparison.Ordinal)) lock (whole) whole.Add(request.Url);
        };
        // All of them at once: no scrolling, so that every lazy image is near enough to be loaded.
        await page.SetViewportSizeAsync(1280, 4000);
        await page.GotoAsync($"/batches/{batch}");
        await Expect(page.Locator("#grid img")).ToHaveCountAsync(120);
        // Not WaitForFunction: it evaluates text within the page, which the page's policy forbids.
        await Poll.UntilAsync(
            async () => await page.EvaluateAsync<bool>("[...document.querySelectorAll('#grid img')].every(image => image.complete && image.naturalWidth > 0)"), "all pictures");
        string[] urls;
        lock (loaded) urls = [.. loaded];
        // Asked for once more: the browser may have let go of a body by now.
        using var client = world.Client();
        long sum = 0;
        foreach (var url in urls) sum += (await client.GetByteArrayAsync(url, TestContext.Current.CancellationToken)).Length;
        sum.ShouldBeLessThan(2_000_000);
        urls.Length.ShouldBeGreaterThan(120);
        whole.ShouldBeEmpty();
        foreign.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/", "batches")]
    [InlineData("/submit", "submit")]
    [InlineData("/costs", "costs")]
    [InlineData("/limits", "limits")]
    [InlineData("/schedules", "schedules")]
    [InlineData("/models", "models")]
    [InlineData("/workers", "workers")]
    [InlineData("/batches/BATCH", "batch")]
    [InlineData("/batches/BATCH/review", "sheet")]
    [InlineData("/batches/BATCH/refusals", "refusals")]
    [InlineData("/items/ITEM", "item")]
    [InlineData("/nowhere", "error")]
    public async Task Page_InBothThemesAndOnAPhone_IsFitForEverybody(string path, string name)
    {
        var page = await world.OpenAsync("/models");
        var (batch, item) = await world.SampleAsync();
        path = path.Replace("BATCH", batch, StringComparison.Ordinal).Replace("ITEM", item, StringComparison.Ordinal);
        var axe = await Chromium.ReadAxeAsync();
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("404", StringComparison.Ordinal)) complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
        foreach (var (theme, width) in new[] { ("light", 1280), ("dark", 375) })
        {
            await page.SetViewportSizeAsync(width, 860);
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light });
            await page.GotoAsync(path);
            await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", theme);
            await Expect(page.Locator("h1")).ToBeVisibleAsync();
            await page.EvaluateAsync(axe);
            var found = await page.EvaluateAsync<string[]>(
                "async () => (await axe.run()).violations.filter(one => ['serious', 'critical'].includes(one.impact)).map(one => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map(node => node.html + ' ' + node.failureSummary).join(' | ')}`)");
            found.ShouldBeEmpty($"{path} at {width} px, {theme}");
            (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue($"{path} must not be wider than {width} px");
            await PageWorld.KeepAsync(page, $"{name}-{theme}-{width}");
        }

        complaints.ShouldBeEmpty();
    }

    // As the browser does it when a file is let go over the page.
    private static async Task DropAsync(IPage page, string name, string text)
    {
        var data = await page.EvaluateHandleAsync(
            "([name, base64]) => { const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], name)); return data; }",
            new[] { name, Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) });
        await page.Locator("#drop").DispatchEventAsync("drop", new { dataTransfer = data });
    }
}
