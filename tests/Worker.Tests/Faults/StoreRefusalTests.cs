using System.Security.Cryptography;
using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Faults;

public sealed class StoreRefusalTests
{
    private const int Items = 12;
    private const int InFlight = 2;

    [Theory]
    [InlineData("json")]
    [InlineData("stream")]
    [InlineData("address")]
    public async Task Worker_StoreRefusesWrites_HaltsAndKeepsAndGoesOnWhenMended(string answers)
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromSeconds(2), LatencyJitter = 0, LatencyTail = 0 });
        var images = Path.Combine(world.Folder.Path, "images");
        world.Environment["Storage__Path"] = images;
        world.Environment["Storage__Patience"] = "00:00:01";
        world.Environment["Storage__KeepPartials"] = "true";
        world.Environment["Worker__MaxInFlight"] = $"{InFlight}";
        var flags = Prepare(world, answers);
        world.StartWorker();
        var batch = (await world.RunAsync(["submit", "refused.jsonl", "--json", .. flags])).ShouldExit(0).Json["batch"]!.GetValue<string>();
        await world.UntilInFlightAsync(InFlight);

        // Rights don't stop root, and no disk can be filled here: a file in the folder's place refuses as a full disk does.
        var aside = images + "-aside";
        if (Directory.Exists(images)) Directory.Move(images, aside);
        await File.WriteAllTextAsync(images, "", TestContext.Current.CancellationToken);
        await Poll.UntilAsync(async () => await CountAsync("batch where state = 'halted' and reason = 'store'") == 1 && await CountAsync("item where lease_token is not null") == 0, "the halt");

        var held = await CountAsync("item where state = 'held' and error ->> 'class' = 'store'");
        held.ShouldBeInRange(1, InFlight, "no call began after the first refusal");
        var succeeded = await CountAsync("item where state = 'succeeded'");
        (await CountAsync("item where state = 'pending'")).ShouldBe(Items - held - succeeded, "nothing is counted as failed");
        world.Simulator.Account.Summary.Billed.ShouldBe(held + succeeded);
        // The refusal came in the midst of the answer, before its usage; the rest was read all the same, and so the price is known. dall-e-2 tells no usage.
        (await CountAsync($"ledger where kind = '{(answers == "address" ? "unreported" : "reported")}' and cost_usd > 0")).ShouldBe(succeeded + held);
        (await CountAsync("ledger where kind = 'unconfirmed'")).ShouldBe(0);
        await ShouldBeWholeAsync(world, aside, await CountAsync("output"));

        File.Delete(images);
        if (Directory.Exists(aside)) Directory.Move(aside, images);
        (await world.StatusAsync(batch))["reason"]!.GetValue<string>().ShouldBe("store");
        (await world.RunAsync("resume", batch)).ShouldExit(0);
        (await world.RunAsync("watch", batch)).ShouldExit(0);

        (await world.RunAsync("doctor", "--outputs", batch)).ShouldExit(0);
        (await CountAsync("output")).ShouldBe(Items);
        world.Simulator.Account.Summary.Billed.ShouldBe(Items, "what the worker kept isn't bought again");
        (await CountAsync("ledger")).ShouldBe(Items);
        await ShouldBeWholeAsync(world, images, Items);

        Task<long> CountAsync(string rows) => world.CountAsync($"select count(*) from {rows}");
    }

    // What the batch is submitted with, so that the simulator answers with JSON, with events and previews, or with the addresses of its images.
    private static string[] Prepare(CliWorld world, string answers)
    {
        var source = answers == "address" ? new Uri(world.Simulator.BaseUrl, "/catalogue/mug.png").ToString() : "https://shop.example/catalogue/mug.png";
        world.Folder.Write("refused.jsonl", string.Concat(Enumerable.Range(1, Items).Select(number => $$"""{"id":"item-{{number}}","image":"{{source}}","prompt":"Paint {{number}}."}""" + "\n")));
        if (answers == "json") return ["--size", "1024x1024", "--quality", "low"];
        if (answers == "stream") return ["--size", "1024x1024", "--quality", "low", "--stream", "--partial-images", "2"];
        world.Environment["Models__Book"] = world.Folder.Write("book.json", """{"models":[{"name":"dall-e-2","shutdown":null}]}""");
        world.Environment["Sources__AllowedHosts__0"] = "127.0.0.1";
        return ["--model", "dall-e-2", "--size", "256x256"];
    }

    // Previews and outputs beside each other; whatever can be seen was sent just so, and there is each output.
    private static async Task ShouldBeWholeAsync(CliWorld world, string folder, long outputs)
    {
        var sent = world.Simulator.Account.Billed.SelectMany(edit => edit.ImageSha256).ToHashSet(StringComparer.Ordinal);
        var seen = 0;
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.png", new EnumerationOptions { RecurseSubdirectories = true }) : [])
        {
            if (Path.GetFileName(file).Contains(".partial", StringComparison.Ordinal)) continue;
            sent.ShouldContain(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))), file);
            seen++;
        }

        ((long)seen).ShouldBe(outputs);
    }
}
