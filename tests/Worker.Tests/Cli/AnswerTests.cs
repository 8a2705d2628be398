using System.Globalization;
using System.Text.Json.Nodes;
using Darkroom.Simulator;
using Darkroom.Simulator.Faults;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Cli;

/// <summary>Answers that may have been paid for and bring nothing, and refusals in others' words, from the endpoint to ledger and results.</summary>
public sealed class AnswerTests
{
    private static readonly string[] Small = ["--size", "1024x1024", "--quality", "low", "--json"];

    [Theory]
    [InlineData("504-after=1", "http_504")]
    [InlineData("502-after=1", "http_502")]
    [InlineData("html=1", "http_502")]
    public async Task Run_GatewayAnswersInPlaceOfTheService_IsCalledOnceMoreAndBookedAtWorst(string faults, string code)
    {
        await using var world = await CliWorld.CreateAsync(Faulty(faults));

        var run = await world.RunAsync(["run", world.WriteManifest(3), .. Small]);

        run.ShouldExit(1);
        run.Json["items"]!["held"]!.GetValue<int>().ShouldBe(3);
        Usd(run.Json).ShouldBeGreaterThan(0);
        world.Simulator.Account.Summary.Requests.ShouldBe(6);
        foreach (var result in await ResultsAsync(world, run.Json))
            (Text(result, "class"), Text(result, "code"), result["attempts"]!.GetValue<int>()).ShouldBe(("unknown_outcome", code, 2));
        (await world.CountAsync("select count(*) from ledger where kind = 'unconfirmed' and cost_usd > 0")).ShouldBe(6);
    }

    [Fact]
    public async Task Run_GatewayGivesUp_HoldsIfAskedToAndBudgetsCountIt()
    {
        await using var world = await CliWorld.CreateAsync(Faulty("524-after=1"));

        var held = await world.RunAsync(["run", world.WriteManifest(1), "--on-unknown", "hold", .. Small]);

        held.ShouldExit(1).Json["items"]!["held"]!.GetValue<int>().ShouldBe(1);
        world.Simulator.Account.Summary.Billed.ShouldBe(1);
        var worst = Usd(held.Json);

        var cap = (worst * 2.5m).ToString(CultureInfo.InvariantCulture);
        var halted = await world.RunAsync(["run", world.WriteManifest(10), "--max-cost", cap, "--yes", .. Small]);

        halted.ShouldExit(3).Json["reason"]!.GetValue<string>().ShouldBe("budget");
        Usd(halted.Json).ShouldBe(worst * 2);
        world.Simulator.Account.Summary.Billed.ShouldBe(3);
    }

    [Fact]
    public async Task Run_AnswerIsNoImage_IsHeldKeptForALookAndPurgedWithItsBatch()
    {
        await using var world = await CliWorld.CreateAsync(Faulty("not-image=1"));

        var run = await world.RunAsync(["run", world.WriteManifest(1), "--on-unknown", "hold", .. Small]);

        run.ShouldExit(1).Json["items"]!["held"]!.GetValue<int>().ShouldBe(1);
        Usd(run.Json).ShouldBeGreaterThan(0);
        var batch = run.Json["batch"]!.GetValue<string>();
        var result = (await ResultsAsync(world, run.Json)).ShouldHaveSingleItem();
        (Text(result, "class"), Text(result, "code"), result["outputs"]!.AsArray().Count).ShouldBe(("bad_answer", "not_an_image", 0));
        var path = $"unreadable/{batch}/item-1-1.bin";
        result["error"]!["details"]!["kept"]!.AsArray().Select(kept => kept!.GetValue<string>()).ShouldBe([path]);
        Text(result, "message").ShouldStartWith("Image 1 of the answer is an HTML page, ");
        Text(result, "message").ShouldEndWith($"Kept for a look at {path}.");
        var file = Path.Combine(world.Folder.Home, "images", path);
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldStartWith("<html>");
        var outputs = Path.Combine(world.Folder.Home, "images", batch);
        // Only the batch's results files, once they are written.
        if (Directory.Exists(outputs)) Directory.GetFiles(outputs).Select(Path.GetFileNameWithoutExtension).ShouldAllBe(name => name == "results");

        (await world.RunAsync("purge", batch, "--yes")).ShouldExit(0);
        File.Exists(file).ShouldBeFalse();
    }

    // Status, body; class, code, message, categories.
    [Theory]
    [InlineData(400, """{"error":{"message":"Filtered.","code":"contentFilter","inner_error":{"code":"ResponsibleAIPolicyViolation","content_filter_results":{"violence":{"filtered":true,"severity":"high"},"hate":{"filtered":false}}}}}""", "moderation", "contentFilter", "Filtered.", "violence")]
    [InlineData(400, """{"detail":[{"loc":["body","size"],"msg":"Input should be a known size","type":"enum"}]}""", "invalid_request", "enum", "body.size: Input should be a known size", null)]
    [InlineData(400, """{"detail":"No such thing"}""", "invalid_request", null, "No such thing", null)]
    public async Task Run_RefusedInOtherWords_ReachTheUser(int status, string body, string errorClass, string? code, string message, string? category)
    {
        await using var world = await CliWorld.CreateAsync();
        await using var endpoint = await RecordingEndpoint.StartAsync();
        endpoint.Answer = (status, body);
        world.Environment["OPENAI_BASE_URL"] = endpoint.BaseUrl;

        var run = await world.RunAsync(["run", world.WriteManifest(1), .. Small]);

        run.ShouldExit(1).Json["items"]!["rejected"]!.GetValue<int>().ShouldBe(1);
        var result = (await ResultsAsync(world, run.Json)).ShouldHaveSingleItem();
        (Text(result, "class"), Text(result, "code"), Text(result, "message")).ShouldBe((errorClass, code, message));
        result["error"]!["details"]?["categories"]?[0]!.GetValue<string>().ShouldBe(category);
    }

    [Fact]
    public async Task Run_AnotherFormatThanAskedFor_IsStoredUnderItsOwnEnding()
    {
        byte[] jpeg = [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 2, 0, 3, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 2, 1, 2, 3, 0xFF, 0xD9];
        await using var world = await CliWorld.CreateAsync();
        await using var endpoint = await RecordingEndpoint.StartAsync();
        endpoint.Answer = (200, $$"""{"data":[{"b64_json":"{{Convert.ToBase64String(jpeg)}}"}],"usage":{"input_tokens":2,"input_tokens_details":{"text_tokens":1,"image_tokens":1},"output_tokens":5,"total_tokens":7} }""");
        world.Environment["OPENAI_BASE_URL"] = endpoint.BaseUrl;

        var run = await world.RunAsync(["run", world.WriteManifest(1), .. Small]);

        var output = (await ResultsAsync(world, run.ShouldExit(0).Json)).ShouldHaveSingleItem()["outputs"]!.AsArray().ShouldHaveSingleItem()!;
        (output["format"]!.GetValue<string>(), output["path"]!.GetValue<string>()).ShouldBe(("jpeg", $"{run.Json["batch"]}/item-1-1.jpg"));
        (await File.ReadAllBytesAsync(Path.Combine(world.Folder.Home, "images", output["path"]!.GetValue<string>()), TestContext.Current.CancellationToken)).ShouldBe(jpeg);
    }

    private static SimulatorOptions Faulty(string faults) => new() { Faults = SimulatorFaults.Parse(faults) };

    private static decimal Usd(JsonNode status) => decimal.Parse(status["unconfirmed_usd"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    private static string? Text(JsonNode result, string name) => result["error"]![name]?.GetValue<string>();

    private static async Task<IReadOnlyList<JsonNode>> ResultsAsync(CliWorld world, JsonNode run)
    {
        var results = await world.RunAsync("results", run["batch"]!.GetValue<string>(), "--format", "jsonl");
        return [.. results.ShouldExit(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}
