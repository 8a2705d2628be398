using System.Text.RegularExpressions;
using Darkroom.Worker.Tests.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Darkroom.Worker.Tests.Pages;

public sealed class PageTests(PageWorld world) : IClassFixture<PageWorld>
{
    [Fact]
    public async Task Batches_ABatchIsSubmittedMeanwhile_WaitsBehindThePillAndThenGoesOnByItself()
    {
        var page = await world.OpenAsync("/?text=pill");
        await world.UntilLiveAsync(page);
        var first = await world.SubmitAsync("pill one", world.Rows(2));
        // The list was empty, so there is nothing that could be pushed away.
        await Expect(page.Locator($"#batch-{first}")).ToHaveAttributeAsync("data-state", "completed");

        var second = await world.SubmitAsync("pill two", world.Rows(30));
        await Expect(page.Locator("#pill")).ToHaveTextAsync("1 new");
        await Expect(page.Locator($"#batch-{second}")).ToHaveCountAsync(0);
        await page.Locator("#pill").ClickAsync();
        await Expect(page.Locator($"#batch-{second}")).ToHaveAttributeAsync("data-state", "completed");
        await Expect(page.Locator($"#batch-{second}")).ToContainTextAsync("30 of 30");
        await Expect(page.Locator("#pill")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Batches_NoStreamOfEventsCanBeHad_AreKeptUpToDateAllTheSameAndTakeOneWhenThereIs()
    {
        var page = await world.OpenAsync("/limits");
        var streams = 0;
        await page.RouteAsync("**/v1/events*", route =>
        {
            Interlocked.Increment(ref streams);
            return route.FulfillAsync(new() { Status = 503 });
        });
        await page.GotoAsync("/?text=unstreamed");
        var batch = await world.SubmitAsync("unstreamed", world.Rows(1));
        await Expect(page.Locator($"#batch-{batch}")).ToHaveAttributeAsync("data-state", "completed");
        await Expect(page.Locator("#pause-word")).ToHaveTextAsync("Live");
        Volatile.Read(ref streams).ShouldBeGreaterThan(1);

        await page.UnrouteAsync("**/v1/events*");
        await page.WaitForResponseAsync(response => response.Url.Contains("/v1/events", StringComparison.Ordinal) && response.Ok);
    }

    [Fact]
    public async Task Batches_TheStreamOfEventsFallsSilent_AskForAnother()
    {
        var page = await world.OpenAsync("/limits");
        await page.Clock.InstallAsync();
        var streams = 0;
        // The first one is never answered.
        await page.RouteAsync("**/v1/events*", route => Interlocked.Increment(ref streams) == 1 ? Task.CompletedTask : route.ContinueAsync());
        await page.GotoAsync("/?text=silent");
        await Poll.UntilAsync(() => Task.FromResult(Volatile.Read(ref streams) == 1), "the page's first stream");
        await page.Locator("body").PressAsync("r");
        await Expect(page.Locator("body")).ToHaveAttributeAsync("data-read", "1");
        // The worker has answered; that there is no stream yet says nothing else.
        await Expect(page.Locator("#pause-word")).ToHaveTextAsync("Live");
        await page.Clock.FastForwardAsync(46_000);
        await world.UntilLiveAsync(page);
        Volatile.Read(ref streams).ShouldBe(2);
    }

    [Theory]
    [InlineData("/limits")]
    [InlineData("/?text=away")]
    public async Task AnyPage_TheWorkerDoesntAnswer_SaysSoAndComesBack(string address)
    {
        Func<string, bool> itself = url => url.EndsWith(address, StringComparison.Ordinal);
        var page = await world.OpenAsync(address);
        await world.UntilLiveAsync(page);
        await page.RouteAsync(itself, route => route.AbortAsync());
        await page.Locator("body").PressAsync("r");
        await Expect(page.Locator("#pause-word")).ToHaveTextAsync("No answer");
        await Expect(page.Locator("#announce")).ToHaveTextAsync("The worker doesn’t answer.");
        await PageWorld.KeepAsync(page, "away");
        await page.UnrouteAsync(itself);
        await page.RouteAsync(itself, route => route.FulfillAsync(new() { Status = 502 }));
        (await page.WaitForResponseAsync(response => response.Status == 502)).Ok.ShouldBeFalse();
        await Expect(page.Locator("#pause-word")).ToHaveTextAsync("No answer");
        await page.UnrouteAsync(itself);
        await Expect(page.Locator("#pause-word")).ToHaveTextAsync("Live");
    }

    [Fact]
    public async Task Batches_StateAndText_StandInTheAddress()
    {
        var batch = await world.SubmitAsync("findable lamp", world.Rows(1));
        await world.UntilEndedAsync(batch);
        var page = await world.OpenAsync("/");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "By state" }).GetByRole(AriaRole.Link, new() { NameRegex = Like("^ ?Completed \\d") }).ClickAsync();
        await Expect(page).ToHaveURLAsync(Like("state=completed$"));
        await page.Locator("body").PressAsync("/");
        await Expect(page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("findable");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(Like("text=findable.*state=completed"));
        await Expect(page.Locator("#rows tr")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Link, new() { Name = "findable lamp" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("findable lamp");
    }

    [Fact]
    public async Task Batch_ItemsWereRefused_GroupsThemAndRetriesAfterAskingWithoutLosingFocus()
    {
        var batch = await world.SubmitAsync("some refused", world.Rows(3) + world.Row("armed", "Put a weapon on white") + "\n" + world.Row("armed-too", "Add a weapon") + "\n");
        await world.UntilEndedAsync(batch);
        var page = await world.OpenAsync($"/batches/{batch}");
        await Expect(page.Locator("#reasons")).ToContainTextAsync("Refused by moderation");
        await Expect(page.Locator("#grid .cell")).ToHaveCountAsync(5);
        await Expect(page.Locator("#grid img[src*='/outputs/0/thumbnail']")).ToHaveCountAsync(3);

        await page.GetByRole(AriaRole.Button, new() { Name = "Retry 2" }).ClickAsync();
        await Expect(page.Locator("#confirm-title")).ToHaveTextAsync("Retry 2?");
        await Expect(page.Locator("#confirm-text")).ToContainTextAsync("$");
        await page.Locator("#confirm-yes").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("2 items changed.");
        // Refused again, by a second attempt each.
        await Expect(page.Locator("#facts")).ToHaveAttributeAsync("data-state", "completed_with_errors");
        await world.UntilEndedAsync(batch);
        var items = (await world.GetAsync($"/v1/batches/{batch}/items?state=rejected"))["items"]!.AsArray();
        items.Count.ShouldBe(2);
        foreach (var item in items) (await world.GetAsync($"/v1/items/{item!["item"]}"))["attempts"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Batch_SelectedItems_AreRetriedAndNoOthers()
    {
        var batch = await world.SubmitAsync("selection", string.Concat(Enumerable.Range(1, 3).Select(number => world.Row($"armed-{number}", $"Add weapon {number}") + "\n")));
        await world.UntilEndedAsync(batch);
        var page = await world.OpenAsync($"/batches/{batch}");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select armed-2" }).CheckAsync();
        await Expect(page.Locator("#selected")).ToHaveTextAsync("1 selected");
        await page.Locator("#select-all").ClickAsync();
        await Expect(page.Locator("#selected")).ToHaveTextAsync("3 selected");
        await page.Locator("#select-none").ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select armed-2" }).CheckAsync();
        await page.Locator("#retry-selected").ClickAsync();
        await page.Locator("#confirm-yes").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("1 item changed.");
        await world.UntilEndedAsync(batch);
        foreach (var item in (await world.GetAsync($"/v1/batches/{batch}/items"))["items"]!.AsArray())
            (await world.GetAsync($"/v1/items/{item!["item"]}"))["attempts"]!.AsArray().Count.ShouldBe(item["id"]!.GetValue<string>() == "armed-2" ? 2 : 1);
    }

    [Fact]
    public async Task Batch_SteeredByButtons_SaysSoAndAPauseIsUndone()
    {
        // One a minute: it doesn't end by itself while this looks at it.
        var batch = await world.SubmitAsync("to be paused", world.Rows(30), "&max_rate=1");
        var page = await world.OpenAsync($"/batches/{batch}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).ClickAsync();
        await Expect(page.Locator("#facts")).ToHaveAttributeAsync("data-state", "paused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.Locator("#facts")).ToHaveAttributeAsync("data-state", "running");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await page.Locator("#confirm-yes").ClickAsync();
        await Expect(page.Locator("#facts")).ToHaveAttributeAsync("data-state", "canceled");
        await Expect(page.Locator("#announce")).ToHaveTextAsync("to be paused is canceled.");
    }

    [Fact]
    public async Task Item_BeforeAndAfter_AreComparedByKeysAndSlider()
    {
        var batch = await world.SubmitAsync("to be looked at", world.Rows(2));
        await world.UntilEndedAsync(batch);
        var page = await world.OpenAsync($"/batches/{batch}");
        await page.Locator("#grid .pair").First.ClickAsync();
        var viewer = page.Locator(".viewer");
        await Expect(viewer).ToHaveAttributeAsync("data-mode", "slider");
        foreach (var side in new[] { ".before img", ".after img" })
            await Expect(viewer.Locator(side)).ToHaveJSPropertyAsync("complete", true);
        (await viewer.Locator(".before img").EvaluateAsync<int>("image => image.naturalWidth")).ShouldBeGreaterThan(0);
        (await viewer.Locator(".after img").EvaluateAsync<int>("image => image.naturalWidth")).ShouldBe(1024);
        await page.Locator(".cut").FillAsync("25");
        (await page.Locator(".canvas").EvaluateAsync<string>("canvas => canvas.style.getPropertyValue('--cut')")).ShouldBe("25%");
        await page.Locator(".stage").FocusAsync();
        await page.Keyboard.DownAsync(" ");
        await Expect(viewer).ToHaveClassAsync(Like("original"));
        await page.Keyboard.UpAsync(" ");
        await Expect(viewer).Not.ToHaveClassAsync(Like("original"));
        await page.Keyboard.PressAsync("1");
        await Expect(viewer).ToHaveAttributeAsync("data-mode", "side");
        await page.Keyboard.PressAsync("+");
        await Expect(page.Locator("#zoom")).ToHaveTextAsync("150 %");
        await page.Keyboard.PressAsync("]");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("item-2");
        // The way of comparing is remembered.
        await Expect(viewer).ToHaveAttributeAsync("data-mode", "side");
        await Expect(page.Locator("#attempts")).ToContainTextAsync("reported");
    }

    [Fact]
    public async Task Item_RetriedWithAnotherPrompt_SucceedsOnTheSamePage()
    {
        var batch = await world.SubmitAsync("to be reworded", world.Row("armed", "Put a weapon on white") + "\n");
        await world.UntilEndedAsync(batch);
        var item = (await world.GetAsync($"/v1/batches/{batch}/items"))["items"]![0]!["item"]!.GetValue<long>();
        var page = await world.OpenAsync($"/items/{item}");
        await Expect(page.Locator("#item")).ToHaveAttributeAsync("data-state", "rejected");
        await page.GetByLabel("Prompt").FillAsync("Put a mug on white");
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(page.Locator("#item")).ToHaveAttributeAsync("data-state", "succeeded");
        await Expect(page.Locator("#attempt-1")).ToContainTextAsync("moderation");
        await Expect(page.Locator("#attempt-2")).ToContainTextAsync("reported");
        await Expect(page.Locator(".prompt")).ToHaveTextAsync("Put a mug on white");
    }

    [Fact]
    public async Task Nowhere_APageThatIsntThere_SaysSo()
    {
        var page = await world.OpenAsync("/batches/no-such-batch");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Not found");
        await Expect(page.Locator("main")).ToContainTextAsync("There is no batch no-such-batch.");
        await page.GetByRole(AriaRole.Link, new() { Name = "To the batches" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Batches");
    }

    [Fact]
    public async Task Theme_Turned_IsRemembered()
    {
        var page = await world.OpenAsync("/");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await page.Locator("#theme").ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.ReloadAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    private static Regex Like(string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromSeconds(5));
}
