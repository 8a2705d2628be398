using System.Globalization;
using System.Text.Json.Nodes;
using Darkroom.Simulator;
using Darkroom.Simulator.Faults;
using Darkroom.Worker.Tests.Api;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Cli;

/// <summary>Every wait says what for, until when, and who told it: in status, list, run and watch, in JSON, the API and pages.</summary>
public sealed class WaitsTests
{
    [Theory]
    [InlineData("429=1,retry-after=600s", "Waiting 10 min, told by the service", "The service said to wait 10 min (HTTP 429)")]
    [InlineData("503=1,retry-after=180m", "Waiting 10 min, told by the service (it said 3 h)", "The service said to wait 3 h (HTTP 503); Darkroom asks again after 10 min")]
    public async Task Run_TheServiceSaysToWait_SaysSoEverywhereAndForecastsGoByIt(string faults, string text, string why)
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Faults = SimulatorFaults.Parse(faults) });
        var run = world.Start("run", world.WriteManifest(3), "--size", "1024x1024", "--quality", "low", "--deadline", "5m");
        await run.UntilPrintedAsync("told by the service");
        var batch = (await world.TextAsync("select id from batch"))!;

        var status = await world.StatusAsync(batch);
        var hold = status["waits"]!.AsArray().Single(wait => wait!["kind"]!.GetValue<string>() == "hold")!;
        hold["told_by"]!.GetValue<string>().ShouldBe("service");
        hold["seconds"]!.GetValue<long>().ShouldBeInRange(400, 600);
        hold["why"]!.GetValue<string>().ShouldStartWith(why);
        var until = Instant(hold["until"]!);
        (until - DateTimeOffset.UtcNow).TotalSeconds.ShouldBeInRange(400, 600);
        Instant(status["finish_estimate"]!).ShouldBeGreaterThanOrEqualTo(until.AddSeconds(-1));
        status["late"]!.GetValue<bool>().ShouldBeTrue("the deadline is in five minutes");
        var people = (await world.RunAsync("status", batch)).ShouldExit(0).Out.ReplaceLineEndings(" ");
        people.ShouldContain("told by the service");
        people.ShouldContain("not before");
        (await world.RunAsync("list", "--json")).ShouldExit(0).Json[0]!["waits"]!.AsArray().ShouldContain(wait => wait!["kind"]!.GetValue<string>() == "hold");
        var watch = world.Start("watch", batch);
        await watch.UntilPrintedAsync("told by the service");

        await Poll.UntilAsync(() => run.Error.Contains("at least 10 min left", StringComparison.Ordinal), "the time that it takes at least");
        run.Error.ShouldContain(char.ToLowerInvariant(text[0]) + text[1..]);
        run.Error.ShouldContain("will be late: due");
        run.Error.ShouldContain(why.Replace("(HTTP 429)", "", StringComparison.Ordinal).Split('(')[0].Trim(), customMessage: "the log says it, too");
        foreach (var lines in (string[])[run.Error, watch.Error]) lines.ShouldNotContain("– left");
    }

    [Fact]
    public async Task Status_NoWorkerOrClosedHours_SaysSo()
    {
        await using var world = await CliWorld.CreateAsync();
        var opens = DateTime.UtcNow.AddHours(6);
        var window = string.Create(CultureInfo.InvariantCulture, $"{opens:HH:mm}-{opens.AddHours(1):HH:mm}");
        var batch = await world.SubmitAsync(2, "--window", window, "--window-zone", "UTC");

        var waits = (await world.StatusAsync(batch))["waits"]!.AsArray();
        waits.Select(wait => wait!["kind"]!.GetValue<string>()).ShouldBe(["window", "queue"]);
        Instant(waits[0]!["until"]!).ToString("HH:mm", CultureInfo.InvariantCulture).ShouldBe(opens.ToString("HH:mm", CultureInfo.InvariantCulture));
        waits[0]!["told_by"]!.GetValue<string>().ShouldBe("you");
        waits[1]!["until"].ShouldBeNull();
        var people = (await world.RunAsync("status", batch)).ShouldExit(0).Out;
        people.ShouldContain($"Waiting until {window[..5]} (your hours)");
        people.ShouldContain("No worker is running");
        (await world.RunAsync("list")).ShouldExit(0).Out.ShouldContain("No worker is running");
        var watch = world.Start("watch", batch);
        await watch.UntilPrintedAsync("no worker is running");
        watch.Error.ShouldNotContain("– left");
    }

    [Fact]
    public async Task Api_ABatchWaits_SaysSoInJsonAndOnPages()
    {
        await using var world = await ApiWorld.CreateAsync();
        var batch = await world.SubmitAsync();

        foreach (var told in (JsonNode[])[await world.GetAsync($"/v1/batches/{batch}"), (await world.GetAsync("/v1/batches"))["batches"]![0]!, await world.GetAsync($"/v1/batches/{batch}/forecast")])
        {
            var wait = told["waits"]!.AsArray().ShouldHaveSingleItem()!;
            wait["kind"]!.GetValue<string>().ShouldBe("queue");
            wait["text"]!.GetValue<string>().ShouldBe("No worker is running");
            wait["why"]!.GetValue<string>().ShouldNotBeEmpty();
            wait["seconds"].ShouldBeNull();
        }

        foreach (var page in (string[])["/", $"/batches/{batch}"])
            (await world.Client.GetStringAsync(page, ApiWorld.Cancel)).ShouldContain("No worker is running");
        await world.ExecuteAsync($"update batch set state = 'canceled', finished_at = now() where id = '{batch}'");
        (await world.GetAsync($"/v1/batches/{batch}"))["waits"]!.AsArray().ShouldBeEmpty();
        (await world.Client.GetStringAsync($"/batches/{batch}", ApiWorld.Cancel)).ShouldNotContain("No worker is running");
    }

    private static DateTimeOffset Instant(JsonNode node) => DateTimeOffset.Parse(node.GetValue<string>(), CultureInfo.InvariantCulture);
}
