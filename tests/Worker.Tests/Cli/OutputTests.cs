using System.Globalization;
using System.Text.Json.Nodes;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Cli;

/// <summary>What <c>submit</c>, <c>list</c>, <c>results</c> and <c>report</c> print of one real batch.</summary>
public sealed class OutputTests(OutputTests.FinishedBatch finished) : IClassFixture<OutputTests.FinishedBatch>
{
    [Fact]
    public async Task Submit_PrintsTheBatchAndNothingElseOnStdout()
    {
        var world = finished.Require();

        var json = (await world.RunAsync("submit", world.WriteManifest(2, name: "other.jsonl"), "--json")).ShouldExit(0);
        var plain = (await world.RunAsync("submit", "other.jsonl")).ShouldExit(0);

        json.Json.AsObject().Select(field => field.Key).ShouldBe(["batch", "items"]);
        json.Json["items"]!.GetValue<int>().ShouldBe(2);
        json.Json["batch"]!.GetValue<string>().ShouldMatch(@"\A\d{8}-[0-9a-z]{6}\z");
        plain.Out.ShouldMatch(@"\A\d{8}-[0-9a-z]{6}\n\z");
        plain.Error.ShouldContain("\n2 items queued; ");
    }

    [Fact]
    public async Task Submit_StandardInput_IsTakenAsAManifest()
    {
        var world = finished.Require();
        var submit = world.Start("submit", "-", "--json");

        await submit.WriteInputAsync(CliWorld.Row("a", "x") + "\n" + CliWorld.Row("b", "y"));

        var batch = (await submit.WaitAsync()).ShouldExit(0).Json["batch"]!.GetValue<string>();
        (await world.StatusAsync(batch))["name"]!.GetValue<string>().ShouldBe("standard input");
    }

    [Fact]
    public async Task List_HasTheStatusOfEachBatch()
    {
        var world = finished.Require();

        var all = (await world.RunAsync("list", "--json")).ShouldExit(0).Json.AsArray();
        var newest = (await world.RunAsync("list", "--limit", "1", "--json")).ShouldExit(0).Json.AsArray();

        var listed = all.Single(batch => batch!["batch"]!.GetValue<string>() == finished.Batch)!;
        var status = await world.StatusAsync(finished.Batch);
        // What is asked of one batch at a time.
        foreach (var more in new[] { "estimate", "finish_estimate", "deadline", "late", "pace" }) status.AsObject().Remove(more).ShouldBeTrue();
        JsonNode.DeepEquals(listed, status).ShouldBeTrue();
        newest.Count.ShouldBe(1);
        (await world.RunAsync("list", "--limit", "0")).ShouldExit(2).Error.ShouldContain("--limit must be a whole number from 1, not '0'.");
    }

    [Fact]
    public async Task Status_ForPeople_TellsItemsTokensCostAndPlace()
    {
        var world = finished.Require();

        var status = (await world.RunAsync("status", finished.Batch)).ShouldExit(0).Out;

        foreach (var part in new[] { finished.Batch, "completed_with_errors", "2 succeeded, 1 rejected", "text in", "$0.", $".darkroom/images/{finished.Batch}" }) status.ShouldContain(part);
    }

    [Fact]
    public async Task Results_JsonLines_HaveALineAnItem()
    {
        var world = finished.Require();

        var lines = (await world.RunAsync("results", finished.Batch)).ShouldExit(0).Lines.Select(line => JsonNode.Parse(line)!).ToList();

        lines.Select(line => line["id"]!.GetValue<string>()).ShouldBe(["good-1", "good-2", "bad"]);
        var output = lines[0]["outputs"]!.AsArray().Single()!;
        var file = Path.Combine(world.Folder.Home, "images", output["path"]!.GetValue<string>());
        new FileInfo(file).Length.ShouldBe(output["bytes"]!.GetValue<long>());
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file))).ShouldBe(output["sha256"]!.GetValue<string>());
        (output["format"]!.GetValue<string>(), output["width"]!.GetValue<int>(), output["height"]!.GetValue<int>()).ShouldBe(("png", 1024, 1024));
        lines[2]["error"]!["class"]!.GetValue<string>().ShouldBe("moderation");
        lines[2]["error"]!["code"]!.GetValue<string>().ShouldBe("moderation_blocked");
        lines[2]["error"]!["request_id"]!.GetValue<string>().ShouldNotBeEmpty();
        lines.Sum(line => Dollars(line["cost_usd"])).ShouldBe(Dollars((await world.StatusAsync(finished.Batch))["cost_usd"]));
        (await world.RunAsync("results", finished.Batch, "--problems")).ShouldExit(0).Lines.Single().ShouldContain("\"bad\"");
    }

    [Fact]
    public async Task Results_Csv_HasThePinnedHeader()
    {
        var world = finished.Require();

        var lines = (await world.RunAsync("results", finished.Batch, "--format", "csv")).ShouldExit(0).Lines;

        lines[0].TrimEnd('\r').ShouldBe(
            "id,state,attempts,paths,input_text_tokens,input_image_tokens,output_text_tokens,output_image_tokens,cost_usd,unconfirmed_usd,"
            + "reused_from,error_class,error_code,error_message,request_id,trace_id,cost_estimated,estimated_usd");
        lines.Length.ShouldBe(4);
        lines[1].ShouldStartWith($"good-1,succeeded,1,{finished.Batch}/good-1");
    }

    [Fact]
    public async Task Report_InEveryFormat_SumsToTheAccount()
    {
        var world = finished.Require();
        var billed = world.BilledTokens();
        var cost = (await world.StatusAsync(finished.Batch))["cost_usd"]!.GetValue<string>();

        var json = (await world.RunAsync("report", "--by", "day,model,batch", "--format", "json")).ShouldExit(0).Json.AsArray().Single()!;
        var csv = (await world.RunAsync("report", "--by", "day,model,batch", "--format", "csv")).ShouldExit(0).Lines;
        var table = (await world.RunAsync("report", "--by", "model")).ShouldExit(0).Out;

        json.AsObject().Select(field => field.Key).ShouldBe(
            ["day", "model", "batch", "items", "input_text_tokens", "input_image_tokens", "output_text_tokens", "output_image_tokens", "cost_usd", "estimated_usd", "unconfirmed_usd", "unpriced_calls"]);
        (json["input_text_tokens"]!.GetValue<long>(), json["input_image_tokens"]!.GetValue<long>(), json["output_text_tokens"]!.GetValue<long>() + json["output_image_tokens"]!.GetValue<long>())
            .ShouldBe(billed);
        json["items"]!.GetValue<int>().ShouldBe(world.Simulator.Account.Billed.Count);
        json["cost_usd"]!.GetValue<string>().ShouldBe(cost);
        Dollars(json["cost_usd"]).ShouldBeGreaterThan(0);

        csv[0].TrimEnd('\r').ShouldBe("day,model,batch,items,input_text_tokens,input_image_tokens,output_text_tokens,output_image_tokens,cost_usd,unconfirmed_usd,unpriced_calls,estimated_usd");
        csv[1].TrimEnd('\r').ShouldBe(string.Join(',', csv[0].TrimEnd('\r').Split(',').Select(name => json[name]!.ToString())));
        csv.Length.ShouldBe(2);

        foreach (var number in new[] { billed.InputText, billed.InputImage, billed.Output }) table.ShouldContain(number.ToString("N0", CultureInfo.InvariantCulture));
        table.ShouldContain(cost);
    }

    [Theory]
    [InlineData("--by: size is nothing to group by", "--by", "size")]
    [InlineData("--from takes a day such as 2026-11-22, not 'today'.", "--from", "today")]
    public async Task Report_BadArguments_ExitWithTwo(string reason, params string[] flags)
    {
        var world = finished.Require();

        (await world.RunAsync(["report", .. flags])).ShouldExit(2).Error.ShouldContain(reason);
    }

    [Fact]
    public async Task Report_DaysWithoutCalls_AreEmpty()
    {
        var world = finished.Require();

        (await world.RunAsync("report", "--to", "2020-01-01", "--json")).ShouldExit(0).Out.Trim().ShouldBe("[]");
    }

    private static decimal Dollars(JsonNode? money) => money is null ? 0 : decimal.Parse(money.GetValue<string>(), CultureInfo.InvariantCulture);

    /// <summary>A world with one batch that ran: two good items and a refused one.</summary>
    public sealed class FinishedBatch : IAsyncLifetime
    {
        private CliWorld? _world;

        public string Batch { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            var server = await Darkroom.Testing.Postgres.TestPostgres.GetAsync();
            if (server.ConnectionString is null) return;
            _world = await CliWorld.CreateAsync();
            _world.Folder.Write("catalogue.jsonl", string.Join('\n', CliWorld.Row("good-1", "Put it on white"), CliWorld.Row("good-2", "Put it on black"), CliWorld.Row("bad", "A forbidden-word")));
            var run = await _world.RunAsync("run", "catalogue.jsonl", "--size", "1024x1024", "--quality", "low", "--json");
            Batch = run.ShouldExit(1).Json["batch"]!.GetValue<string>();
        }

        internal CliWorld Require()
        {
            if (_world is null) Assert.Skip("There is no PostgreSQL to test on.");
            return _world;
        }

        public async ValueTask DisposeAsync()
        {
            if (_world is not null) await _world.DisposeAsync();
        }
    }
}
