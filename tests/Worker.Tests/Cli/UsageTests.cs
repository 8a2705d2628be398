using System.Globalization;
using System.Text.Json.Nodes;
using Darkroom.Simulator;
using Darkroom.Simulator.Models;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Cli;

/// <summary>Servers that tell usage in their own way, or don't: what images cost is known, or estimated and said to be, and budgets hold.</summary>
public sealed class UsageTests
{
    // gpt-image-2, one image of 1024x1024 at high quality: 7,024 output tokens at $30 a million.
    private const decimal Output = 0.21072m;

    [Theory]
    [InlineData(UsageForm.OpenAI, false)]
    [InlineData(UsageForm.Chat, false)]
    [InlineData(UsageForm.Mixed, false)]
    [InlineData(UsageForm.PerImage, false)]
    [InlineData(UsageForm.None, true)]
    [InlineData(UsageForm.Null, true)]
    [InlineData(UsageForm.Empty, true)]
    [InlineData(UsageForm.Zero, true)]
    [InlineData(UsageForm.InputOnly, true)]
    [InlineData(UsageForm.ImageCount, true)]
    public async Task Run_WithABudget_HaltsInTimeWhateverTheUsage(UsageForm form, bool estimated)
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { TokenRules = new TokenRules { Form = form } });

        var run = await world.RunAsync("run", world.WriteManifest(30), "--size", "1024x1024", "--quality", "high", "--max-cost", "1", "--yes", "--json");

        run.ShouldExit(3);
        (run.Json["state"]!.GetValue<string>(), run.Json["reason"]!.GetValue<string>()).ShouldBe(("halted", "budget"));
        var calls = (int)world.Simulator.Account.Summary.Billed;
        calls.ShouldBe(4, "a fifth may cost more than what is left");
        run.Json["items"]!["succeeded"]!.GetValue<int>().ShouldBe(calls);
        var cost = Usd(run.Json["cost_usd"]);
        cost.ShouldBeInRange(calls * Output, 1);
        Usd(run.Json["estimated_usd"]).ShouldBe(estimated ? cost : 0);
        (Usd(run.Json["unconfirmed_usd"]), run.Json["unpriced_calls"]!.GetValue<int>()).ShouldBe((0, 0));
        run.Json["tokens"]!["output_image"]!.GetValue<long>().ShouldBe(7024 * calls);
        run.Json["estimate"]!["measured_items"]!.GetValue<int>().ShouldBe(estimated ? 0 : calls, "an estimate isn't a measurement");
        if (!estimated)
        {
            var (text, image, output) = world.BilledTokens();
            JsonNode.DeepEquals(run.Json["tokens"], JsonNode.Parse($$"""{"input_text":{{text}},"input_image":{{image}},"output_text":0,"output_image":{{output}},"total":{{text + image + output}}}""")).ShouldBeTrue();
        }

        var report = (await world.RunAsync("report", "--by", "model", "--format", "json")).ShouldExit(0).Json[0]!;
        (Usd(report["cost_usd"]), Usd(report["estimated_usd"]), report["output_image_tokens"]!.GetValue<long>()).ShouldBe((cost, estimated ? cost : 0, 7024L * calls));
        (await world.TextAsync("select string_agg(distinct kind, ' ') from ledger")).ShouldBe(estimated ? "estimated" : "reported");
        (await world.TextAsync("select spent_usd::text from budget where scope like 'batch:%'")).ShouldBe(cost.ToString("0.0000000000", CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Results_OfEstimatedItems_SayThatTheAnswersHadNoUsage()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { TokenRules = new TokenRules { Form = UsageForm.Zero } });

        var run = await world.RunAsync("run", world.WriteManifest(3), "--size", "1024x1024", "--quality", "high", "--n", "2", "--yes");

        Words(run.ShouldExit(0)).ShouldContain("the answers had no usage");
        run.Out.ShouldNotContain("model book");
        var lines = (await world.RunAsync("list", "--json")).ShouldExit(0).Json;
        var batch = lines[0]!["batch"]!.GetValue<string>();
        var results = (await world.RunAsync("results", batch)).ShouldExit(0).Lines.Select(line => JsonNode.Parse(line)!).ToList();
        results.ShouldAllBe(result => result["cost_estimated"]!.GetValue<bool>() && Usd(result["cost_usd"]) > 2 * Output && Usd(result["estimated_usd"]) == Usd(result["cost_usd"]));
        results.ShouldAllBe(result => result["tokens"]!["output_image"]!.GetValue<long>() == 2 * 7024);
        var csv = (await world.RunAsync("results", batch, "--format", "csv")).ShouldExit(0).Lines;
        csv[0].TrimEnd().ShouldEndWith(",trace_id,cost_estimated,estimated_usd");
        csv[1].ShouldContain($",true,{results[0]["cost_usd"]!.GetValue<string>()}");
        Words((await world.RunAsync("report", "--by", "model")).ShouldExit(0)).ShouldContain("for images that came in answers without usage");
        (await world.RunAsync("report", "--by", "model", "--format", "csv")).ShouldExit(0).Lines[0].TrimEnd().ShouldEndWith(",unpriced_calls,estimated_usd");

        var worker = world.StartWorker();
        using var client = await world.ClientOfAsync(worker);
        var status = JsonNode.Parse(await client.GetStringAsync($"/v1/batches/{batch}"))!;
        Usd(status["estimated_usd"]).ShouldBe(Usd(status["cost_usd"]));
        var item = JsonNode.Parse(await client.GetStringAsync($"/v1/batches/{batch}/items?limit=1"))!["items"]![0]!["item"]!.GetValue<long>();
        JsonNode.Parse(await client.GetStringAsync($"/v1/items/{item}"))!["attempts"]![0]!["ledger"]!.GetValue<string>().ShouldBe("estimated");
        Usd(JsonNode.Parse(await client.GetStringAsync("/v1/reports/usage?by=batch"))![0]!["estimated_usd"]).ShouldBe(Usd(status["cost_usd"]));
        foreach (var (page, said) in new[]
        {
            ("/", "of it estimated"), ($"/batches/{batch}", "the answers had no usage"), ("/costs", "the answers had no usage"),
            ($"/items/{item}", "estimated. The usage of the answer doesn&#x27;t say what the images took."),
        })
        {
            (await client.GetStringAsync(page)).ShouldContain(said, Case.Sensitive, page);
        }
    }

    [Fact]
    public async Task Run_NoUsageAndNoPrice_IsUnknownAndNoZeroDollars()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { TokenRules = new TokenRules { Form = UsageForm.None } });
        world.Folder.Write("book.json", """{"models":[{"name":"gpt-image-2","prices":null}]}""");
        world.Environment["Models__Book"] = Path.Combine(world.Folder.Path, "book.json");

        var run = await world.RunAsync("run", world.WriteManifest(2), "--size", "1024x1024", "--quality", "low", "--yes");

        Words(run.ShouldExit(0)).ShouldContain("2 calls of unknown cost, in no sum: the model book has no price");
        run.Out.ShouldNotContain("$0");
        (await world.RunAsync("report")).ShouldExit(0).Out.ShouldContain("unknown");
        (await world.RunAsync("list")).ShouldExit(0).Out.ShouldContain("unknown");
        (await world.TextAsync("select string_agg(distinct kind || coalesce(cost_usd::text, '-'), ' ') from ledger")).ShouldBe("unreported-");
        (await world.RunAsync("run", world.WriteManifest(2), "--max-cost", "1", "--yes")).ShouldExit(2).Error.ShouldContain("isn't known");
    }

    // As wide as the console may be.
    private static string Words(CliResult result) => string.Join(' ', result.Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static decimal Usd(JsonNode? node) => decimal.Parse(node!.GetValue<string>(), CultureInfo.InvariantCulture);
}
