using System.Text.Json.Nodes;
using Darkroom.Simulator;
using Darkroom.Simulator.Faults;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Cli;

public sealed class RunCommandTests
{
    [Fact]
    public async Task Run_AllSucceed_ExitsWithZeroAndEndsWithTheStatus()
    {
        await using var world = await CliWorld.CreateAsync();

        var run = await world.RunAsync("run", world.WriteManifest(3), "--size", "1024x1024", "--quality", "low", "--json");

        run.ShouldExit(0);
        var batch = run.Json["batch"]!.GetValue<string>();
        var status = await world.StatusAsync(batch);
        JsonNode.DeepEquals(run.Json, status).ShouldBeTrue($"run:    {run.Json.ToJsonString()}\nstatus: {status.ToJsonString()}");
        status["state"]!.GetValue<string>().ShouldBe("completed");
        status["items"]!["succeeded"]!.GetValue<int>().ShouldBe(3);
        world.Simulator.Account.Summary.Billed.ShouldBe(3);
        Directory.GetFiles(Path.Combine(world.Folder.Home, "images", batch), "*.png", SearchOption.AllDirectories).Length.ShouldBe(3);
    }

    [Fact]
    public async Task Run_ItemRefused_ExitsWithOneAndSaysWhereToLook()
    {
        await using var world = await CliWorld.CreateAsync();
        var manifest = world.Folder.Write("catalogue.jsonl", CliWorld.Row("good", "Put it on white") + "\n" + CliWorld.Row("bad", "A forbidden-word on white"));

        var run = await world.RunAsync("run", manifest);

        run.ShouldExit(1);
        run.Out.ShouldContain("completed_with_errors");
        run.Out.ShouldContain("1 succeeded, 1 rejected");
        run.Out.ShouldContain("--problems");
    }

    [Fact]
    public async Task Run_BadManifest_ExitsWithTwoTellsAllAndImportsNothing()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Folder.Write("bad.jsonl", """
            {"id":"a","image":"https://shop.example/catalogue/mug.png","prompt":"x"}
            {"id":"b","prompt":"no image"}
            {"id":"c","image":"https://shop.example/catalogue/mug.png","prompt":"x","options":{"qualty":"low"}}
            {"id":"a","image":"https://shop.example/catalogue/mug.png","prompt":"{{colour}}"}
            """);

        var run = await world.RunAsync("run", "bad.jsonl");

        run.ShouldExit(2);
        run.Out.ShouldBeEmpty();
        run.Error.ShouldContain("bad.jsonl:2: images: ");
        run.Error.ShouldContain("bad.jsonl:3: options.qualty: ");
        run.Error.ShouldContain("bad.jsonl:4: id: ");
        run.Error.ShouldContain("colour");
        run.Error.ShouldContain("nothing was imported.");
        (await world.RunAsync("list", "--json")).ShouldExit(0).Out.Trim().ShouldBe("[]");
        world.Simulator.Account.Summary.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Run_QuotaSpent_HaltsWithTheReasonAndResumeGoesOnToTheEnd()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Faults = SimulatorFaults.Parse("quota-after=2") });
        world.Environment["Worker__MaxInFlight"] = "1";

        var run = await world.RunAsync("run", world.WriteManifest(5), "--size", "1024x1024", "--quality", "low", "--json");

        run.ShouldExit(3);
        run.Json["state"]!.GetValue<string>().ShouldBe("halted");
        var batch = run.Json["batch"]!.GetValue<string>();
        var halted = await world.StatusAsync(batch);
        halted["reason"]!.GetValue<string>().ShouldBe("quota");
        halted["detail"]!.GetValue<string>().ShouldContain("then resume the batch");
        halted["items"]!["succeeded"]!.GetValue<int>().ShouldBe(2);
        halted["items"]!["pending"]!.GetValue<int>().ShouldBe(3);

        world.Simulator.SetFaults(SimulatorFaults.None);
        (await world.RunAsync("resume", batch)).ShouldExit(0).Out.ShouldBe($"Batch {batch} is queued.\n");
        var worker = world.StartWorker();
        (await world.RunAsync("watch", batch)).ShouldExit(0);
        await worker.SignalAsync("TERM");
        (await worker.WaitAsync()).ShouldExit(0);
        (await world.StatusAsync(batch))["items"]!["succeeded"]!.GetValue<int>().ShouldBe(5);
        world.Simulator.Account.Summary.Billed.ShouldBe(5);
    }

    [Fact]
    public async Task Run_NoKeyForTheService_ExitsWithTwoBeforeAnythingIsImported()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Environment["OPENAI_API_KEY"] = null;
        // Nobody is asked: there is no key to ask with.
        world.Environment["OPENAI_BASE_URL"] = "https://images.example/v1";

        var run = await world.RunAsync("run", world.WriteManifest());

        run.ShouldExit(2).Error.ShouldBe("There is no key for https://images.example/v1: set OPENAI_API_KEY (or Edit__ApiKey).\n");
        (await world.CountAsync("select count(*) from batch")).ShouldBe(0);
    }

    [Fact]
    public async Task Run_EveryOptionAsAFlag_ArrivesInTheBody()
    {
        await using var world = await CliWorld.CreateAsync();
        await using var recorder = await RecordingEndpoint.StartAsync();
        world.Environment["OPENAI_BASE_URL"] = recorder.BaseUrl;
        world.Folder.Write("one.jsonl", """{"id":"a","image":"https://shop.example/catalogue/mug.png"}""");

        var run = await world.RunAsync(
            "run", "one.jsonl", "--prompt", "Put it on white", "--model", "gpt-image-1.5", "--background", "opaque", "--input-fidelity", "high", "--moderation", "low", "--n", "2",
            "--output-compression", "80", "--output_format", "jpeg", "--stream", "--partial-images", "2", "--quality", "high", "--size", "1536x1024", "--user", "shop-7");

        run.ShouldExit(1);
        JsonNode.DeepEquals(recorder.Bodies.Single(), JsonNode.Parse("""
            {
              "images": [{"image_url": "https://shop.example/catalogue/mug.png"}], "prompt": "Put it on white", "model": "gpt-image-1.5", "background": "opaque",
              "input_fidelity": "high", "moderation": "low", "n": 2, "output_compression": 80, "output_format": "jpeg", "stream": true, "partial_images": 2,
              "quality": "high", "size": "1536x1024", "user": "shop-7"
            }
            """)).ShouldBeTrue(recorder.Bodies.Single().ToJsonString());
        recorder.Authorizations.Single().ShouldBe($"Bearer {CliWorld.Key}");
    }

    [Fact]
    public async Task Run_NoFlags_SendsOnlyWhatMustBe()
    {
        await using var world = await CliWorld.CreateAsync();
        await using var recorder = await RecordingEndpoint.StartAsync();
        world.Environment["OPENAI_BASE_URL"] = recorder.BaseUrl;

        (await world.RunAsync("run", world.WriteManifest(1))).ShouldExit(1);

        JsonNode.DeepEquals(recorder.Bodies.Single(), JsonNode.Parse(
            """{"images": [{"image_url": "https://shop.example/catalogue/mug.png"}], "prompt": "Put it on white", "model": "gpt-image-2"}"""))
            .ShouldBeTrue(recorder.Bodies.Single().ToJsonString());
    }

    [Fact]
    public async Task Run_OptionOfAnotherName_IsPassedOn()
    {
        await using var world = await CliWorld.CreateAsync();
        await using var recorder = await RecordingEndpoint.StartAsync();
        world.Environment["OPENAI_BASE_URL"] = recorder.BaseUrl;

        (await world.RunAsync("run", world.WriteManifest(1), "--option", "seed=7", "--option", "style=vivid", "--option", """palette={"hue":[1,2]}""")).ShouldExit(1);

        var body = recorder.Bodies.Single();
        body["seed"]!.GetValue<int>().ShouldBe(7);
        body["style"]!.GetValue<string>().ShouldBe("vivid");
        body["palette"]!.ToJsonString().ShouldBe("""{"hue":[1,2]}""");
    }

    [Fact]
    public async Task Run_Tags_AreDimensionsOfTheReport()
    {
        await using var world = await CliWorld.CreateAsync();

        (await world.RunAsync("run", world.WriteManifest(2), "--size", "1024x1024", "--quality", "low", "--tag", "brand=acme", "--tag", "season=spring", "--user", "shop-7")).ShouldExit(0);

        var report = (await world.RunAsync("report", "--by", "tag:brand,tag:season,user", "--json")).ShouldExit(0).Json.AsArray().Single()!;
        report["tag:brand"]!.GetValue<string>().ShouldBe("acme");
        report["tag:season"]!.GetValue<string>().ShouldBe("spring");
        report["user"]!.GetValue<string>().ShouldBe("shop-7");
        report["items"]!.GetValue<int>().ShouldBe(2);
    }

    [Theory]
    [InlineData("--n must be a whole number from 1 to 10, not 11.", "--n", "11")]
    [InlineData("--quality must be one of", "--quality", "best")]
    [InlineData("--stream must be true or false", "--stream", "perhaps")]
    [InlineData("--tag takes NAME=VALUE, not 'acme'.", "--tag", "acme")]
    [InlineData("--tag brand is given twice.", "--tag", "brand=a", "--tag", "brand=b")]
    [InlineData("--option prompt: it is no option; use --prompt, or the manifest.", "--option", "prompt=x")]
    [InlineData("--priority must be a whole number from 0 to 9, not '12'.", "--priority", "12")]
    [InlineData("--max-attempts must be a whole number from 1 to 100, not '0'.", "--max-attempts", "0")]
    public async Task Run_FlagOutOfRange_ExitsWithTwoAndTheReason(string reason, params string[] flags)
    {
        using var folder = new TemporaryFolder();
        var running = DarkroomCommand.RunAsync(folder.Path, new Dictionary<string, string?>(StringComparer.Ordinal), ["run", "catalogue.jsonl", .. flags]);

        (await running).ShouldExit(2).Error.ShouldContain(reason);
        // Refused before a database was started.
        Directory.Exists(folder.Home).ShouldBeFalse();
    }

    [Fact]
    public async Task Run_ManifestMissing_ExitsWithTwo()
    {
        await using var world = await CliWorld.CreateAsync();

        (await world.RunAsync("run", "nowhere.jsonl")).ShouldExit(2).Error.ShouldStartWith("The manifest nowhere.jsonl can't be read: ");
    }
}
