using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Tests.Manifests;

public sealed class SamplesTests
{
    [Fact]
    public async Task Catalogue_BothForms_PlanToTheSameItems()
    {
        var lines = await ReadAsync("catalogue.jsonl");
        var csv = await ReadAsync("catalogue.csv");
        csv.Select(Planned.Text).ShouldBe(lines.Select(Planned.Text));
    }

    [Fact]
    public async Task Catalogue_Items_AreWhatTheReadmeSays()
    {
        var items = await ReadAsync("catalogue.jsonl");
        items.Count.ShouldBe(24);
        Ids(i => i.Prompt.Contains("weapon", StringComparison.OrdinalIgnoreCase)).ShouldBe(["scripted-refusal"]);
        Ids(i => i.Input.Images[0].Value == "https://shop.example/catalogue/missing-umbrella.png").ShouldBe(["scripted-broken-source"]);
        Ids(i => i.Input.Mask is not null).ShouldBe(["mug-02", "vase-01", "watch-01", "clock-01"]);
        Ids(i => i.Input.Images.Count == 2).ShouldBe(["chair-02", "bag-02", "teapot-02"]);
        Ids(i => i.Options.OutputFormat == "jpeg").ShouldBe(["shoe-01"]);
        Ids(i => i.Options.OutputFormat == "webp").ShouldBe(["bottle-01"]);
        Ids(i => i.Options.N == 2).ShouldBe(["shoe-02"]);
        Ids(i => i.Options.Text("size") == "1024x1536").ShouldBe(["lamp-01"]);
        Ids(i => i.Options.Text("size") == "1536x1024").ShouldBe(["chair-02"]);
        Ids(i => i.OutputName.Contains('/', StringComparison.Ordinal)).ShouldBe(["chair-01", "chair-02", "teapot-01", "teapot-02"]);
        items.ShouldAllBe(i => i.Options.Text("quality") == "low" && i.Tags.ContainsKey("brand") && i.Tags.ContainsKey("season"));
        items.ShouldAllBe(i => !i.Prompt.Contains("{{", StringComparison.Ordinal));

        IEnumerable<string> Ids(Func<PlannedItem, bool> which) => items.Where(which).Select(i => i.Key);
    }

    private static async Task<IReadOnlyList<PlannedItem>> ReadAsync(string name)
    {
        var path = Path.Combine(Root(), "samples", name);
        await using var stream = File.OpenRead(path);
        var planned = await Planned.FromAsync(stream, ManifestSource.OfFile(path));
        planned.Problems.ShouldBeEmpty();
        return planned.Items;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Worker.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests don't run from within the repository.");
    }
}
