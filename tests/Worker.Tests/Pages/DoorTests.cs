using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Darkroom.Worker.Tests.Pages;

/// <summary>Keys shut a worker's pages, so these tests have one of their own.</summary>
public sealed class DoorTests(PageWorld world) : IClassFixture<PageWorld>
{
    [Fact]
    public async Task SignIn_WrongKeyThenViewerThenOperator_EachSeesWhatIsHis()
    {
        // No live page: that one goes to the door by itself once there are keys, and at any time.
        var page = await world.OpenAsync("/health/ready");
        var batch = await world.SubmitAsync("behind the door", world.Rows(1) + world.Row("armed", "Add a weapon") + "\n");
        await world.UntilEndedAsync(batch);
        (await world.World.RunAsync("schedule", "add", "door", "--cron", "0 2 1 1 *", "--manifest", world.World.WriteManifest(1), "--size", "1024x1024", "--quality", "low", "--yes")).ShouldExit(0);
        var viewer = await AddKeyAsync("looker", "viewer");
        var operatorKey = await AddKeyAsync("doer", "operator");

        await page.GotoAsync($"/batches/{batch}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in");
        await page.GetByLabel("Access key").FillAsync("dk_0000000000_wrong");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This key isn't known.");
        await page.GetByLabel("Access key").FillAsync(viewer);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        // Where he wanted to go; and nothing there that he may not do.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("behind the door");
        await Expect(page.Locator("[data-action]")).ToHaveCountAsync(0);
        await Expect(page.Locator("#selection")).ToHaveCountAsync(0);
        await page.GotoAsync($"/batches/{batch}/refusals");
        await Expect(page.Locator("#refusals li")).ToHaveCountAsync(1);
        await Expect(page.GetByText("Retry with another prompt")).ToHaveCountAsync(0);
        await page.GotoAsync("/schedules");
        await Expect(page.Locator("#schedule-door")).ToContainTextAsync("It hasn't run yet.");
        await Expect(page.Locator("[data-action]")).ToHaveCountAsync(0);
        await page.GotoAsync("/submit");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Not with this key");
        await Expect(page.Locator("main")).ToContainTextAsync("The key looker is a viewer's; this needs more.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in");

        await page.GotoAsync($"/batches/{batch}");
        await page.GetByLabel("Access key").FillAsync(operatorKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry 1", Exact = true }).ClickAsync();
        await page.Locator("#confirm-yes").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("1 item changed.");
        (await world.World.CountAsync("select count(*) from audit where action = 'batch.retry' and actor = 'doer' and via = 'page'")).ShouldBe(1);
    }

    private async Task<string> AddKeyAsync(string name, string role) =>
        (await world.World.RunAsync("key", "add", name, "--role", role, "--json")).ShouldExit(0).Json["key"]!.GetValue<string>();
}
