using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Outputs;

/// <summary>What is done with outputs after a batch: results beside them, links, downloads, purges; on real processes and a folder.</summary>
public sealed class OutputCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_BatchEnds_StoresTheLinesOfResultsBesideTheImagesAndAgainAfterARetry()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Folder.Write("one.jsonl", CliWorld.Row("good", "Put it on white") + "\n" + CliWorld.Row("bad", "A forbidden-word"));
        var batch = (await world.RunAsync("run", "one.jsonl", "--size", "1024x1024", "--quality", "low", "--json")).ShouldExit(1).Json["batch"]!.GetValue<string>();

        await ShouldBeStoredAsync(world, batch);
        (await world.RunAsync("retry", batch, "--state", "rejected")).ShouldExit(0);
        var worker = world.StartWorker();
        (await world.RunAsync("watch", batch)).ShouldExit(1);

        await Poll.UntilAsync(async () => await world.CountAsync("select count(*) from batch where results_of = finished_at") == 1, "the results of the second end");
        await ShouldBeStoredAsync(world, batch);
        await worker.SignalAsync("TERM");
        (await worker.WaitAsync()).ShouldExit(0);
    }

    [Fact]
    public async Task Worker_ProcessDiedBetweenTheBatchsEndAndItsResults_WritesThem()
    {
        await using var world = await CliWorld.CreateAsync();
        var batch = await RunAsync(world, items: 1);
        // As a process leaves it that dies in between: claimed, and nothing written.
        foreach (var name in new[] { "results.jsonl", "results.csv" }) File.Delete(ImageOf(world, batch, name));
        await world.CountAsync("with undone as (update batch set results_of = null, results_by = -1 returning 1) select count(*) from undone");

        world.StartWorker();

        await Poll.UntilAsync(async () => await world.CountAsync("select count(*) from batch where results_of = finished_at and results_by is null") == 1, "results");
        await ShouldBeStoredAsync(world, batch);
    }

    [Fact]
    public async Task Download_StoppedAndRepeated_FetchesWhatIsMissingOrChangedAndVerifiesAll()
    {
        await using var world = await CliWorld.CreateAsync();
        var batch = await RunAsync(world, items: 4);
        var target = Path.Combine(world.Folder.Path, "catalogue");

        var first = (await world.RunAsync("download", batch, "catalogue", "--json")).ShouldExit(0);
        first.Error.ShouldContain($"batch {batch}: 4/4 images, ");
        first.Error.ShouldContain(" left; 4 downloaded, 0 there already, 0 failed");
        Counts(first.Json).ShouldBe((4, 0, 0));
        // One is gone, one is changed, and one is as a killed download leaves it.
        File.Delete(Path.Combine(target, "item-1-1.png"));
        await File.AppendAllTextAsync(Path.Combine(target, "item-2-1.png"), "!", Cancel);
        File.Move(Path.Combine(target, "item-3-1.png"), Path.Combine(target, "item-3-1.png.part"));

        Counts((await world.RunAsync("download", batch, "catalogue", "--json", "--parallel", "2")).ShouldExit(0).Json).ShouldBe((3, 1, 0));

        Directory.GetFiles(target).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["item-1-1.png", "item-2-1.png", "item-3-1.png", "item-4-1.png"]);
        foreach (var file in Directory.GetFiles(target)) (await HashAsync(file)).ShouldBe(await HashAsync(ImageOf(world, batch, Path.GetFileName(file))));
    }

    [Fact]
    public async Task Download_LinksInTheFolder_AreFollowedNowhere()
    {
        await using var world = await CliWorld.CreateAsync();
        var batch = await RunAsync(world, items: 3);
        var target = Directory.CreateDirectory(Path.Combine(world.Folder.Path, "catalogue")).FullName;
        var victim = world.Folder.Write("victim.txt", "mine");
        File.CreateSymbolicLink(Path.Combine(target, "item-1-1.png"), victim);
        File.CreateSymbolicLink(Path.Combine(target, "item-2-1.png.part"), victim);
        var outside = Path.Combine(world.Folder.Path, "outside.png");
        File.CreateSymbolicLink(Path.Combine(target, "item-3-1.png"), outside);

        var download = (await world.RunAsync("download", batch, "catalogue", "--json")).ShouldExit(1);

        Counts(download.Json).ShouldBe((1, 0, 2));
        download.Error.ShouldContain($"{batch}/item-1-1.png: {Path.Combine(target, "item-1-1.png")} is a link; a download follows none.");
        (await File.ReadAllTextAsync(victim, Cancel)).ShouldBe("mine");
        File.Exists(outside).ShouldBeFalse();
        new FileInfo(Path.Combine(target, "item-1-1.png")).LinkTarget.ShouldBe(victim);
        new FileInfo(Path.Combine(target, "item-2-1.png")).LinkTarget.ShouldBeNull();
        (await HashAsync(Path.Combine(target, "item-2-1.png"))).ShouldBe(await HashAsync(ImageOf(world, batch, "item-2-1.png")));
    }

    [Fact]
    public async Task Download_FolderOfAnImageIsALink_WritesNothingBehindIt()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Folder.Write("deep.csv", "id,image,prompt\na,https://shop.example/catalogue/mug.png,On white\n");
        var batch = (await world.RunAsync("run", "deep.csv", "--output-name", "{batch}/shoes/{id}-{n}.{ext}", "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>();
        var outside = Directory.CreateDirectory(Path.Combine(world.Folder.Path, "outside")).FullName;
        var image = Directory.GetFiles(Path.Combine(world.Folder.Home, "images", batch), "*.png", SearchOption.AllDirectories).ShouldHaveSingleItem();
        var folder = Path.GetRelativePath(Path.Combine(world.Folder.Home, "images", batch), Path.GetDirectoryName(image)!);
        folder.ShouldNotBe(".", "the image is in a folder of its own");
        var target = Directory.CreateDirectory(Path.Combine(world.Folder.Path, "catalogue")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(target, folder), outside);

        (await world.RunAsync("download", batch, "catalogue")).ShouldExit(1).Error.ShouldContain("is a link; a download follows none.");

        Directory.GetFileSystemEntries(outside).ShouldBeEmpty();
    }

    [Fact]
    public async Task Download_StoreHasAnotherOrNone_ExitsWithOneAndLeavesNoHalfFile()
    {
        await using var world = await CliWorld.CreateAsync();
        var batch = await RunAsync(world, items: 3);
        File.Delete(ImageOf(world, batch, "item-1-1.png"));
        await File.AppendAllTextAsync(ImageOf(world, batch, "item-2-1.png"), "!", Cancel);

        var download = (await world.RunAsync("download", batch, "catalogue", "--json")).ShouldExit(1);

        Counts(download.Json).ShouldBe((1, 0, 2));
        download.Error.ShouldContain($"{batch}/item-1-1.png: it isn't in the store.");
        download.Error.ShouldContain($"{batch}/item-2-1.png: it isn't what was stored: its SHA-256 is another.");
        Directory.GetFiles(Path.Combine(world.Folder.Path, "catalogue")).Select(Path.GetFileName).ShouldBe(["item-3-1.png"]);
        Counts((await world.RunAsync("download", batch, "none", "--state", "failed,held", "--json")).ShouldExit(0).Json).ShouldBe((0, 0, 0));
        (await world.RunAsync("download", batch, "none", "--state", "gone")).ShouldExit(2).Error.ShouldContain("--state takes pending, ");
        (await world.RunAsync("download", "20200101-nobody", "none")).ShouldExit(2).Error.ShouldContain("There is no batch 20200101-nobody.");
    }

    [Fact]
    public async Task Results_Urls_OfAFolder_AreAddressesOfFiles()
    {
        await using var world = await CliWorld.CreateAsync();
        var batch = await RunAsync(world, items: 1);

        var results = (await world.RunAsync("results", batch, "--urls")).ShouldExit(0);

        results.Error.ShouldContain("links are file:// addresses on this machine and don't end");
        var url = new Uri(JsonNode.Parse(results.Lines[0])!["outputs"]![0]!["url"]!.GetValue<string>());
        url.LocalPath.ShouldBe(ImageOf(world, batch, "item-1-1.png"));
        (await world.RunAsync("results", batch, "--urls", "--format", "csv")).ShouldExit(0).Lines[1].TrimEnd('\r').ShouldEndWith($",{url.AbsoluteUri}");
        (await world.RunAsync("results", batch, "--urls", "--expires", "soon")).ShouldExit(2).Error.ShouldContain("--expires takes a time");
    }

    [Fact]
    public async Task Submit_OutputName_NamesTheImagesAndRefusesRowsThatMeet()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Folder.Write("two.csv", "id,image,prompt,tag:brand\na,https://shop.example/catalogue/mug.png,On white,Acme\nb,https://shop.example/catalogue/mug.png,On black,Acme\n");

        var met = (await world.RunAsync("run", "two.csv", "--output-name", "{tag:brand}/{batch}-{n}.{ext}")).ShouldExit(2);
        met.Error.ShouldContain("two.csv:3: output: line 2 has the output name \"/Acme/");
        (await world.RunAsync("run", "two.csv", "--output-name", "{id}-{n}.{ext}")).ShouldExit(2).Error.ShouldContain("--output-name must have {batch}");

        world.Environment["Storage__NameTemplate"] = "{tag:brand}/{batch}/{id}_{n}.{ext}";
        var batch = (await world.RunAsync("run", "two.csv", "--size", "1024x1024", "--quality", "low", "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>();

        var results = (await world.RunAsync("results", batch)).ShouldExit(0).Lines.Select(line => JsonNode.Parse(line)!["outputs"]![0]!["path"]!.GetValue<string>());
        results.ShouldBe([$"Acme/{batch}/a_1.png", $"Acme/{batch}/b_1.png"]);
        (await world.RunAsync("purge", batch, "--yes")).ShouldExit(0).Out.ShouldContain("4 files");
        Directory.EnumerateFiles(Path.Combine(world.Folder.Home, "images"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Purge_Batch_RemovesItAndReportsStayTheSame()
    {
        await using var world = await CliWorld.CreateAsync();
        var (batch, kept) = (await RunAsync(world, items: 2), await RunAsync(world, items: 1));
        var open = await world.SubmitAsync(1);
        var report = (await world.RunAsync("report", "--by", "day,model,batch", "--json")).ShouldExit(0).Out;

        var plan = (await world.RunAsync("purge", batch, "--dry-run", "--json")).ShouldExit(0).Json[0]!;
        (plan["items"]!.GetValue<int>(), plan["outputs"]!.GetValue<int>()).ShouldBe((2, 2));
        (await world.RunAsync("purge", batch)).ShouldExit(2).Error.ShouldContain("There is no terminal to ask at: pass --yes to go on");
        (await world.RunAsync("purge", batch, "--older-than", "30d", "--yes")).ShouldExit(0).Out.ShouldBe("Nothing to purge.\n");
        (await world.RunAsync("purge", open, "--yes")).ShouldExit(2).Error.ShouldContain($"Batch {open} is queued. Only a batch that has ended can be purged");
        (await world.RunAsync("purge")).ShouldExit(2).Error.ShouldContain("Name a batch, or say --older-than");
        File.Exists(ImageOf(world, batch, "item-1-1.png")).ShouldBeTrue();

        var purged = (await world.RunAsync("purge", batch, "--yes", "--json")).ShouldExit(0).Json[0]!;

        (purged["files"]!.GetValue<int>(), purged["items"]!.GetValue<int>()).ShouldBe((4, 2));
        Directory.Exists(Path.GetDirectoryName(ImageOf(world, batch, "x"))).ShouldBeFalse();
        File.Exists(ImageOf(world, kept, "item-1-1.png")).ShouldBeTrue();
        (await world.RunAsync("status", batch)).ShouldExit(2).Error.ShouldContain($"There is no batch {batch}.");
        (await world.RunAsync("report", "--by", "day,model,batch", "--json")).ShouldExit(0).Out.ShouldBe(report);
    }

    [Fact]
    public async Task Worker_Retention_PurgesWhatIsOlderAndGoesOnWithWhatWasKilled()
    {
        await using var world = await CliWorld.CreateAsync();
        var (old, young, killed) = (await RunAsync(world, items: 1), await RunAsync(world, items: 1), await RunAsync(world, items: 2));
        await world.CountAsync($"with aged as (update batch set finished_at = finished_at - interval '91 days', results_of = finished_at - interval '91 days' where id = '{old}' returning 1) select count(*) from aged");
        // As a purge leaves it that is killed halfway: marked, with some files and rows gone.
        await world.CountAsync($"with marked as (update batch set purging_since = now() where id = '{killed}' returning 1) select count(*) from marked");
        File.Delete(ImageOf(world, killed, "item-1-1.png"));
        world.Environment["Retention__After"] = "90.00:00:00";

        world.StartWorker();

        await Poll.UntilAsync(async () => await world.CountAsync("select count(*) from batch") == 1, "two batches to be purged");
        (await world.StatusAsync(young))["state"]!.GetValue<string>().ShouldBe("completed");
        foreach (var (batch, isThere) in new[] { (old, false), (killed, false), (young, true) }) Directory.Exists(Path.GetDirectoryName(ImageOf(world, batch, "x"))).ShouldBe(isThere);
        (await world.CountAsync("select count(*) from ledger")).ShouldBe(4);
    }

    private static async Task<string> RunAsync(CliWorld world, int items) =>
        (await world.RunAsync("run", world.WriteManifest(items), "--size", "1024x1024", "--quality", "low", "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>();

    private static async Task ShouldBeStoredAsync(CliWorld world, string batch)
    {
        (await File.ReadAllTextAsync(ImageOf(world, batch, "results.jsonl"), Cancel)).ShouldBe((await world.RunAsync("results", batch)).ShouldExit(0).Out);
        (await File.ReadAllTextAsync(ImageOf(world, batch, "results.csv"), Cancel)).ShouldBe((await world.RunAsync("results", batch, "--format", "csv")).ShouldExit(0).Out);
    }

    private static string ImageOf(CliWorld world, string batch, string name) => Path.Combine(world.Folder.Home, "images", batch, name);

    private static (int Downloaded, int Skipped, int Failed) Counts(JsonNode json) => (json["downloaded"]!.GetValue<int>(), json["skipped"]!.GetValue<int>(), json["failed"]!.GetValue<int>());

    private static async Task<string> HashAsync(string file) => Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(file, Cancel)));
}
