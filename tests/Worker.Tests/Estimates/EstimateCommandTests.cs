using System.Text.Json.Nodes;

namespace Darkroom.Worker.Tests.Estimates;

public sealed class EstimateCommandTests
{
    private const string Low = """{"model":"gpt-image-2","quality":"low","size":"1024x1024"}""";

    [Fact]
    public async Task Estimate_Json_HasCountsTokensCostAndDuration()
    {
        await using var world = await WithoutDatabaseAsync();
        world.Environment["Limits__Default__ImagesPerMinute"] = "10";
        var manifest = world.Write("m.jsonl", Enumerable.Range(0, 20).Select(i => EstimateWorld.Row(i, Low)));

        var (code, output, error) = await world.RunAsync("estimate", manifest, "--json");

        code.ShouldBe(0, error);
        var json = JsonNode.Parse(output)!;
        json["items"]!.GetValue<int>().ShouldBe(20);
        json["calls"]!.GetValue<int>().ShouldBe(20);
        json["images"]!.GetValue<int>().ShouldBe(20);
        json["input_images"]!.GetValue<int>().ShouldBe(20);
        json["tokens"]!["expected"]!["output_image"]!.GetValue<int>().ShouldBe(20 * 196);
        json["tokens"]!["worst"]!["total"]!.GetValue<int>().ShouldBeGreaterThan(json["tokens"]!["expected"]!["total"]!.GetValue<int>());
        var expected = decimal.Parse(json["expected_usd"]!.GetValue<string>());
        decimal.Parse(json["worst_usd"]!.GetValue<string>()).ShouldBeGreaterThan(expected);
        expected.ShouldBeGreaterThan(20 * 196 * 0.00003m);
        json["unpriced_items"]!.GetValue<int>().ShouldBe(0);
        json["duration_seconds"]!.GetValue<double>().ShouldBe(135.724, 0.001);
        json["limits"]![0]!["scarcest"]!.GetValue<string>().ShouldBe("images");
        json["models"]![0]!["model"]!.GetValue<string>().ShouldBe("gpt-image-2");
        json["problems"]!.AsArray().ShouldBeEmpty();
        Directory.Exists(Path.Combine(world.Folder, ".darkroom")).ShouldBeFalse("an estimate keeps nothing");
        world.Simulator.Account.Summary.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Estimate_UnknownModel_ShowsNoPriceInsteadOfZero()
    {
        await using var world = await WithoutDatabaseAsync();
        var manifest = world.Write("m.jsonl", [EstimateWorld.Row(0, """{"model":"never-heard-of"}""")]);
        var json = JsonNode.Parse((await world.RunAsync("estimate", manifest, "--json")).Out)!;
        json["expected_usd"].ShouldBeNull();
        json["worst_usd"].ShouldBeNull();
        json["unpriced_items"]!.GetValue<int>().ShouldBe(1);
        (await world.RunAsync("estimate", manifest)).Out.ShouldContain("the price isn't known");
    }

    [Fact]
    public async Task Estimate_StandardInput_NeedsNoKey()
    {
        await using var world = await WithoutDatabaseAsync();
        world.Environment["OPENAI_API_KEY"] = null;
        world.Environment["OPENAI_BASE_URL"] = null;
        var (code, output, error) = await world.FeedAsync(EstimateWorld.Row(0, Low), "estimate", "-", "--max-cost", "1");
        code.ShouldBe(0, error);
        output.ShouldContain("In all: 1 item, 1 image, $0.0");
    }

    [Fact]
    public async Task Validate_Problems_AreAllToldWithExitCodeTwo()
    {
        await using var world = await WithoutDatabaseAsync();
        var manifest = world.Write("m.jsonl", [EstimateWorld.Row(0, """{"model":"gpt-image-2","size":"1000x1000"}"""), EstimateWorld.Row(1, Low), EstimateWorld.Row(2, """{"qualty":"low"}""")]);

        var (code, output, _) = await world.RunAsync("validate", manifest, "--json");

        code.ShouldBe(2);
        var json = JsonNode.Parse(output)!;
        json["items"]!.GetValue<int>().ShouldBe(1);
        json["problem_count"]!.GetValue<int>().ShouldBe(2);
        json["problems"]!.AsArray().Select(p => (p!["line"]!.GetValue<int>(), p["field"]!.GetValue<string>())).ShouldBe([(1, "options.size"), (3, "options.qualty")]);
        json["problems"]![0]!["file"]!.GetValue<string>().ShouldBe("m.jsonl");
        (await world.RunAsync("validate", manifest)).Out.ShouldEndWith("1 item in order, 2 problems.\n");
    }

    [Fact]
    public async Task Validate_Warnings_AreSaidOnceAndKeepNothingBack()
    {
        await using var world = await WithoutDatabaseAsync();
        var manifest = world.Write("m.jsonl", Enumerable.Range(0, 3).Select(i => EstimateWorld.Row(i, """{"model":"gpt-image-2","output_compression":100}""")));
        var (code, output, error) = await world.RunAsync("validate", manifest, "--json");
        code.ShouldBe(0, error);
        var warning = JsonNode.Parse(output)!["warnings"]!.AsArray().ShouldHaveSingleItem()!;
        warning["field"]!.GetValue<string>().ShouldBe("options.output_compression");
        warning["items"]!.GetValue<int>().ShouldBe(3);
        warning["first_line"]!.GetValue<int>().ShouldBe(1);
    }

    private static Task<EstimateWorld> WithoutDatabaseAsync() => EstimateWorld.CreateAsync(withDatabase: false);

    [Theory]
    [InlineData("@white")]
    [InlineData("@/etc/hostname")]
    [InlineData("-50% off")]
    [InlineData("--bright")]
    public async Task Validate_PromptThatLooksLikeSomethingElse_IsAPrompt(string prompt)
    {
        await using var world = await EstimateWorld.CreateAsync(withDatabase: false);
        world.Write("m.csv", ["image", "https://a.test/1.png"]);
        (await world.RunAsync("validate", "m.csv", "--prompt", prompt)).Out.ShouldEndWith("1 item, no problems.\n");
    }

    [Fact]
    public async Task Validate_OptionThatIsASlip_IsRefusedAndAnUnknownOneWarned()
    {
        await using var world = await EstimateWorld.CreateAsync(withDatabase: false);
        world.Write("m.csv", ["image", "https://a.test/1.png"]);
        (await world.RunAsync("validate", "m.csv", "--prompt", "p", "--option", "Qualty=high")).Error.ShouldContain("--option Qualty: looks like a slip of quality; use --quality");
        (await world.RunAsync("validate", "m.csv", "--prompt", "p", "--option", "seed=7")).Out.ShouldContain("warning: options.seed: is no option that is known here; it is sent as it is");
        (await world.RunAsync("validate", ".", "--prompt", "p")).Error.ShouldContain(". is a folder, not a manifest");
    }

    [Fact]
    public async Task Run_WrongUseOfASubcommand_NamesTheWholeCommand()
    {
        await using var world = await EstimateWorld.CreateAsync(withDatabase: false);
        (await world.RunAsync("schedule", "add")).Error.ShouldContain("See: darkroom schedule add --help");
        world.Write("m.csv", ["image", "https://a.test/1.png"]);
        (await world.RunAsync("schedule", "add", "x", "--cron", "@daly", "--manifest", "m.csv", "--prompt", "p")).Error.ShouldContain("known are @hourly, @daily");
    }
}
