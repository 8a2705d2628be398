using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Pace;

public sealed class LearningTests
{
    [Fact]
    public async Task Limit_LowerThanConfigured_IsFoundAtOnceAndFewCallsAreRefusedAfterwards()
    {
        // The account has a sixth of what is configured, and says so in its refusals only.
        await using var world = await PaceWorld.CreateAsync(TimeSpan.FromMilliseconds(100), simulator => simulator with { ImagesPerMinute = 900, LimitWindow = TimeSpan.FromSeconds(2) });
        world.Environment["Limits__Default__ImagesPerMinute"] = "6000";
        await world.StartWorkersAsync(1);

        var batch = await world.SubmitRowsAsync("Too fast", 180);
        await Poll.UntilAsync(() => world.Simulator.Account.Summary.Billed >= 60, "sixty calls");
        var early = world.Simulator.Account.Summary.Throttled;
        var limit = await world.LimitAsync("gpt-image", "images");
        (await world.RunAsync("watch", batch)).ShouldExit(0).Out.ShouldContain("180 succeeded");
        var late = world.Simulator.Account.Summary.Throttled - early;

        (limit["configured_per_minute"]!.GetValue<double>(), limit["learned_per_minute"]!.GetValue<double>(), limit["learned_from"]!.GetValue<string>()).ShouldBe((6000, 900, "told"));
        limit["used_last_minute"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(60);
        // Whoever came before the first refusal was in; then it is chance.
        early.ShouldBeInRange(1, 100);
        late.ShouldBeLessThanOrEqualTo(30);
        // Who was refused waited, and spent nothing.
        (await world.CountAsync("select count(*) from attempt where state = 'throttled'")).ShouldBe(early + late);
        (await world.CountAsync("select max(attempts) from item")).ShouldBe(1);
        (await world.CountAsync("select count(*) from item where state = 'succeeded' and attempts = 1")).ShouldBe(180);
    }

    [Fact]
    public async Task Limit_OfWhichNothingIsConfigured_LeavesWhatOnlyWouldWaitToOthers()
    {
        await using var world = await PaceWorld.CreateAsync(TimeSpan.FromMilliseconds(100), simulator => simulator with { ImagesPerMinute = 300, LimitWindow = TimeSpan.FromSeconds(1) });
        world.Environment["Worker__MaxInFlight"] = "8";
        await world.StartWorkersAsync(1);
        await world.SubmitRowsAsync("Nobody said", 1000);

        await Poll.UntilAsync(() => world.Simulator.Account.Summary.Billed >= 30, "thirty calls");

        // Those of the first moment, when nothing was known, those of the next three seconds at five a second, and a few.
        (await world.CountAsync("select count(*) from item where lease_token is not null")).ShouldBeLessThanOrEqualTo(40);
    }

    [Fact]
    public async Task Limit_HigherThanConfigured_IsUsedWhereLearningIsOn()
    {
        await using var world = await PaceWorld.CreateAsync(TimeSpan.FromMilliseconds(100), simulator => simulator with { ImagesPerMinute = 3000, RateLimitHeaders = true });
        world.Environment["Limits__Default__ImagesPerMinute"] = "60";
        world.Environment["Limits__Default__Learn"] = "true";
        await world.StartWorkersAsync(1);

        var batch = await world.SubmitRowsAsync("Too slow", 100);
        (await world.RunAsync("watch", batch)).ShouldExit(0);

        var limit = await world.LimitAsync("gpt-image", "images");
        (limit["configured_per_minute"]!.GetValue<double>(), limit["learned_per_minute"]!.GetValue<double>(), limit["learned_from"]!.GetValue<string>()).ShouldBe((60, 3000, "told"));
        // At the configured pace it would be one a second.
        world.MostAccepted(seconds: 2).ShouldBeGreaterThanOrEqualTo(10);
        world.Simulator.Account.Summary.Throttled.ShouldBe(0);
    }

    [Fact]
    public async Task Limits_Watch_ShowsWhatIsUsedWhileItIs()
    {
        await using var world = await PaceWorld.CreateAsync(TimeSpan.Zero);
        world.Environment["Limits__Default__ImagesPerMinute"] = "6000";
        var watch = world.Start("limits", "--watch", "--json");
        await watch.UntilPrintedAsync("\n");
        Used().ShouldBe(0);

        (await world.RunAsync("run", world.WriteManifest(3), "--size", "1024x1024", "--quality", "low")).ShouldExit(0);
        await Poll.UntilAsync(() => Used() >= 3, "the three images to be seen");

        await watch.SignalAsync("TERM");
        (await watch.WaitAsync()).ShouldExit(130);

        // Of its last whole line.
        double Used() => System.Text.Json.Nodes.JsonNode.Parse(watch.Out[..watch.Out.LastIndexOf('\n')].Split('\n')[^1])!.AsArray()
            .Where(line => line!["group"]!.GetValue<string>() == "gpt-image" && line["dimension"]!.GetValue<string>() == "images").Sum(line => line!["used_last_minute"]!.GetValue<double>());
    }

    [Fact]
    public async Task Item_ThatCanNeverFit_IsRefusedAtValidationWithTheLimitsName()
    {
        await using var world = await PaceWorld.CreateAsync(TimeSpan.Zero);
        world.Environment["Limits__gpt-image__ImagesPerMinute"] = "3";
        world.Folder.Write("large.jsonl", CliWorld.Row("fits", "A") + "\n" + """{"id":"large","image":"https://shop.example/catalogue/mug.png","prompt":"B","options":{"n":4}}""");

        var validated = await world.RunAsync("validate", "large.jsonl");
        var submitted = await world.RunAsync("submit", "large.jsonl");

        foreach (var refused in new[] { validated, submitted })
            (refused.ShouldExit(2).Out + refused.Error).ShouldContain("large.jsonl:2: options.n: asks for 4 images at once, and the limit ImagesPerMinute of gpt-image is 3: it could never be sent");
        (await world.CountAsync("select count(*) from batch")).ShouldBe(0);
    }
}
