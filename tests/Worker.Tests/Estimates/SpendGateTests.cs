using System.Text.Json.Nodes;

namespace Darkroom.Worker.Tests.Estimates;

public sealed class SpendGateTests
{
    private const string High = """{"model":"gpt-image-2","quality":"high","size":"1024x1024"}""";

    [Theory]
    [InlineData("run")]
    [InlineData("submit")]
    public async Task AboveTheThreshold_WithoutATerminal_IsRefusedAndNothingIsImported(string verb)
    {
        await using var world = await EstimateWorld.CreateAsync();
        world.Environment["Costs__AskAbove"] = "5";
        var manifest = world.Write("m.jsonl", Enumerable.Range(0, 60).Select(i => EstimateWorld.Row(i, High)));

        var (code, output, error) = await world.RunAsync(verb, manifest);

        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldContain("Estimate: 60 items, 60 images, $1");
        error.ShouldContain("which is above Costs:AskAbove = 5.0000. There is no terminal to ask at: pass --yes to go on");
        error.ShouldContain(" --yes. Nothing was imported.");
        error.ShouldContain(", as in: darkroom ");
        (await world.CountAsync("select count(*) from batch")).ShouldBe(0);
        world.Simulator.Account.Summary.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task AboveTheThreshold_WithYesOrAHigherThreshold_IsImported()
    {
        await using var world = await EstimateWorld.CreateAsync();
        world.Environment["Costs__AskAbove"] = "5";
        var manifest = world.Write("m.jsonl", Enumerable.Range(0, 60).Select(i => EstimateWorld.Row(i, High)));
        (await world.RunAsync("submit", manifest, "--yes")).Code.ShouldBe(0);
        world.Environment["Costs__AskAbove"] = "50";
        (await world.RunAsync("submit", manifest)).Code.ShouldBe(0);
        (await world.CountAsync("select count(*) from item")).ShouldBe(120);
    }

    [Fact]
    public async Task MaxCost_BelowTheExpectedCost_IsRefusedAndWithYesHaltsAtTheCap()
    {
        await using var world = await EstimateWorld.CreateAsync();
        var manifest = world.Write("m.jsonl", Enumerable.Range(0, 12).Select(i => EstimateWorld.Row(i, """{"model":"gpt-image-2","quality":"low","size":"1024x1024"}""")));
        var refused = await world.RunAsync("run", manifest, "--max-cost", "0.02");
        refused.Code.ShouldBe(2);
        refused.Error.ShouldContain("which is above --max-cost 0.0200. There is no terminal to ask at");
        (await world.CountAsync("select count(*) from batch")).ShouldBe(0);

        var (code, output, error) = await world.RunAsync("run", manifest, "--max-cost", "0.10", "--yes", "--json");
        code.ShouldBe(3, error);
        var status = JsonNode.Parse(output)!;
        status["state"]!.GetValue<string>().ShouldBe("halted");
        status["reason"]!.GetValue<string>().ShouldBe("budget");
        status["detail"]!.GetValue<string>().ShouldStartWith("The budget of the batch is reached: USD 0.0");
        status["items"]!["failed"]!.GetValue<int>().ShouldBe(0);
        status["items"]!["succeeded"]!.GetValue<int>().ShouldBeGreaterThan(0);
        decimal.Parse(status["cost_usd"]!.GetValue<string>()).ShouldBeLessThanOrEqualTo(0.10m);
    }

    [Theory]
    [InlineData("--max-cost", "-1")]
    [InlineData("--max-cost", "much")]
    [InlineData("--canary", "0")]
    public async Task Flags_ThatMakeNoSense_AreRefused(string flag, string value)
    {
        await using var world = await EstimateWorld.CreateAsync(withDatabase: false);
        var (code, _, error) = await world.RunAsync("submit", "m.jsonl", flag, value);
        code.ShouldBe(2);
        error.ShouldStartWith($"{flag} must be ");
    }

    [Fact]
    public async Task StandardInput_IsEstimatedAndThenImported()
    {
        await using var world = await EstimateWorld.CreateAsync();
        var rows = string.Join('\n', Enumerable.Range(0, 5).Select(i => EstimateWorld.Row(i, """{"quality":"low","size":"1024x1024"}""")));
        var (code, _, error) = await world.FeedAsync(rows, "submit", "-");
        code.ShouldBe(0, error);
        error.ShouldContain("Estimate: 5 items, 5 images, $0.0");
        (await world.CountAsync("select count(*) from item")).ShouldBe(5);
    }

    [Fact]
    public async Task Threshold_ThatCantBeRead_StopsTheStart()
    {
        await using var world = await EstimateWorld.CreateAsync(withDatabase: false);
        world.Environment["Costs__AskAbove"] = "five";
        var (code, _, error) = await world.RunAsync("estimate", "m.jsonl");
        code.ShouldBe(2);
        error.ShouldContain("Costs:AskAbove = 'five': must be a number.");
    }

    [Fact]
    public async Task Run_WithinTheThreshold_EndsWithEstimateAndMeasure()
    {
        await using var world = await EstimateWorld.CreateAsync();
        var manifest = world.Write("m.jsonl", Enumerable.Range(0, 4).Select(i => EstimateWorld.Row(i, """{"quality":"low","size":"1024x1024"}""")));
        var (code, output, error) = await world.RunAsync("run", manifest, "--json");
        code.ShouldBe(0, error);
        var status = JsonNode.Parse(output)!;
        var cost = decimal.Parse(status["cost_usd"]!.GetValue<string>());
        decimal.Parse(status["estimate"]!["measured_usd"]!.GetValue<string>()).ShouldBe(Math.Round(cost, 6));
        status["estimate"]!["measured_items"]!.GetValue<int>().ShouldBe(4);
        decimal.Parse(status["estimate"]!["worst_usd"]!.GetValue<string>()).ShouldBeGreaterThan(decimal.Parse(status["estimate"]!["expected_usd"]!.GetValue<string>()));
        JsonNode.DeepEquals(status, await world.StatusAsync(status["batch"]!.GetValue<string>())).ShouldBeTrue();
    }
}
