using System.Diagnostics;
using Darkroom.Simulator;
using Darkroom.Simulator.Faults;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Pace;

/// <summary>What was learned of one endpoint holds for no other in the same database, is told as learned, and can be forgotten.</summary>
public sealed class ScopeTests
{
    private static readonly string[] Flags = ["--size", "1024x1024", "--quality", "low"];

    [Fact]
    public async Task Run_TwoEndpointsInOneDatabase_GoByTheirOwnLimits()
    {
        await using var world = await PaceWorld.CreateAsync(TimeSpan.Zero, simulator => simulator with { ImagesPerMinute = 12, RateLimitHeaders = true });
        await using var other = await SimulatorServer.StartAsync(new SimulatorOptions { OutputBytes = 2048 }, TestContext.Current.CancellationToken);
        var slow = world.Simulator.BaseUrl.ToString().TrimEnd('/');
        world.Environment["Limits__Default__ImagesPerMinute"] = "600";

        var learned = (await world.RunAsync(["run", world.WriteManifest(2, "one", "one.jsonl"), "--json", .. Flags])).ShouldExit(0).Json;
        var pace = learned["pace"]!;
        (pace["per_minute"]!.GetValue<double>(), pace["dimension"]!.GetValue<string>(), pace["source"]!.GetValue<string>(), pace["from"]!.GetValue<string>(), pace["configured_per_minute"]!.GetValue<double>())
            .ShouldBe((12, "images", "learned", "told", 600));
        pace["endpoint"]!.GetValue<string>().ShouldBe(slow);
        (await world.RunAsync("status", learned["batch"]!.GetValue<string>())).ShouldExit(0).Out.Replace("\n", " ", StringComparison.Ordinal).ShouldContain("12 images per minute, learned");

        world.Environment["OPENAI_BASE_URL"] = other.BaseUrl.ToString();
        var clock = Stopwatch.StartNew();
        var free = (await world.RunAsync(["run", world.WriteManifest(40, "two", "two.jsonl"), "--json", .. Flags])).ShouldExit(0).Json;
        // At the other endpoint's twelve per minute it would take more than three minutes.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1));
        (free["pace"]!["source"]!.GetValue<string>(), free["pace"]!["per_minute"]!.GetValue<double>()).ShouldBe(("configured", 600));

        var lines = (await world.RunAsync("limits", "--json")).ShouldExit(0).Json.AsArray().Where(line => line!["dimension"]!.GetValue<string>() == "images" && line["group"]!.GetValue<string>() == "gpt-image").ToList();
        lines.Select(line => (line!["endpoint"]!.GetValue<string>(), line["in_force"]!.GetValue<bool>(), line["learned_per_minute"]?.GetValue<double>()))
            .ShouldBe([(other.BaseUrl.ToString().TrimEnd('/'), true, null), (slow, false, 12)]);
        lines[0]!["key"]!.GetValue<string>().ShouldStartWith("sha256:");
        (await world.RunAsync("limits", "--forget")).ShouldExit(0).Out.ShouldStartWith("Nothing was learned of http");

        world.Environment["OPENAI_BASE_URL"] = slow;
        (await world.RunAsync("limits", "--forget", "gpt-imag")).ShouldExit(2).Error.ShouldContain("there is no limits group 'gpt-imag'; there are ");
        var forgotten = (await world.RunAsync("limits", "--forget", "gpt-image", "--json")).ShouldExit(0).Json;
        (forgotten["endpoint"]!.GetValue<string>(), forgotten["forgotten"]!.AsArray().Single()!["learned_per_minute"]!.GetValue<double>()).ShouldBe((slow, 12));
        (await world.RunAsync("limits", "--json")).ShouldExit(0).Json.AsArray()
            .ShouldNotContain(line => line!["endpoint"]!.GetValue<string>() == slow && line["learned_from"] != null);
        (await world.CountAsync("select count(*) from audit where action = 'limits.forget'")).ShouldBe(2);
    }

    [Fact]
    public async Task Run_EveryCallIsThrottled_HaltsWithTheServersWordsAndLosesNothing()
    {
        await using var world = await PaceWorld.CreateAsync(TimeSpan.Zero, simulator => simulator with { Faults = SimulatorFaults.Parse("429=1") });
        world.Environment["Limits__Default__ThrottledFor"] = "00:00:02";

        var status = (await world.RunAsync(["run", world.WriteManifest(3), "--json", .. Flags])).ShouldExit(3).Json;

        (status["state"]!.GetValue<string>(), status["reason"]!.GetValue<string>(), status["items"]!["pending"]!.GetValue<int>()).ShouldBe(("halted", "throttled", 3));
        status["detail"]!.GetValue<string>().ShouldContain("the service has refused every call for its limits");
        status["detail"]!.GetValue<string>().ShouldContain("Too many requests are being made at once");
        (await world.CountAsync("select max(attempts) from item")).ShouldBe(0);
    }
}
