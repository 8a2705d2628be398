using System.Text;
using Darkroom.Jobs.Manifests;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Manifests;

public sealed class ManifestPlanTests
{
    private const string Good = """{"image":"https://a/1","prompt":"p"}""";

    [Fact]
    public async Task Plan_ItemsAfterAProblem_AreCheckedAndNotGiven()
    {
        var planned = await Planned.LinesAsync(Good, Good, "{}", Good, "[]");
        planned.Items.Count.ShouldBe(2);
        planned.Problems.Select(p => p.Line).ShouldBe([3, 3, 5]);
        planned.Total.ShouldBe(3);
    }

    [Fact]
    public async Task Plan_MoreProblemsThanTheBound_AreCounted()
    {
        var planned = await Planned.FromAsync(string.Join('\n', Enumerable.Repeat("[]", 250)), "m.jsonl");
        (planned.Problems.Count, planned.Total).ShouldBe((100, 250));
        planned = await Planned.FromAsync(string.Join('\n', Enumerable.Repeat("[]", 250)), "m.jsonl", limits: new PlanLimits { MaxProblems = 3 });
        (planned.Problems.Count, planned.Total).ShouldBe((3, 250));
    }

    [Fact]
    public void Limits_Defaults_AreAsDocumented()
    {
        PlanLimits.Default.MaxProblems.ShouldBe(100);
        PlanLimits.Default.MaxRowBytes.ShouldBe(25_165_824);
        PlanLimits.Default.AllowedOptions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Read_Twice_Throws()
    {
        var planned = await Planned.LinesAsync(Good);
        await Should.ThrowAsync<InvalidOperationException>(async () => await planned.Plan.ReadAsync().GetAsyncEnumerator().MoveNextAsync());
    }

    [Fact]
    public async Task Read_Canceled_Throws()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Good));
        var plan = new ManifestPlanner([]).PlanAsync(stream, new ManifestSource("-", null, null), Planned.Flags, cancellationToken: new CancellationToken(canceled: true));
        await Should.ThrowAsync<OperationCanceledException>(async () => await plan.GetAsyncEnumerator().MoveNextAsync());
    }

    [Theory]
    [InlineData("a.jsonl", ManifestFormat.JsonLines)]
    [InlineData("a.NDJSON", ManifestFormat.JsonLines)]
    [InlineData("x/a.json", ManifestFormat.Json)]
    [InlineData("a.csv", ManifestFormat.Csv)]
    [InlineData("a.txt", null)]
    [InlineData("-", null)]
    public void FormatOf_Name_GoesByItsExtension(string name, ManifestFormat? format) => ManifestSource.FormatOf(name).ShouldBe(format);

    [Theory]
    [InlineData(Good, 1)]
    [InlineData("\uFEFF\n" + Good + "\n" + Good, 2)]
    [InlineData("[" + Good + "]", 1)]
    [InlineData("{\"items\":[" + Good + "]}", 1)]
    [InlineData("\uFEFF{\n\"prompt\":\"p\",\n\"items\":[" + Good + "]}", 1)]
    [InlineData("image,prompt\nhttps://a/1,p", 1)]
    [InlineData("\uFEFFimage,prompt\nhttps://a/1,p\nhttps://a/1,p", 2)]
    public async Task Plan_NameThatDoesNotTell_GoesByTheFirstBytes(string text, int rows)
    {
        var planned = await Planned.FromAsync(text, "-");
        planned.Problems.ShouldBeEmpty();
        planned.Items.Count.ShouldBe(rows);
    }

    [Fact]
    public async Task Plan_LongFirstLineOfUnknownForm_IsJsonLines()
    {
        var row = $$"""{"image":"data:image/png;base64,{{new string('A', 200_000)}}","prompt":"p"}""";
        (await Planned.FromAsync($"{row}\n{row}", "-")).Items.Count.ShouldBe(2);
    }

    [Fact]
    public void Plan_SameRowsInEveryForm_PlanAlike() =>
        Prop.ForAll(Rows.Any.ToArbitrary(), rows =>
        {
            var lines = Read(Rows.AsJsonLines(rows), "m.jsonl");
            Read(Rows.AsJson(rows), "m.json").ShouldBe(lines);
            Read(Rows.AsCsv(rows), "m.csv").ShouldBe(lines);
            lines.Count.ShouldBe(rows.Count);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Plan_AnyBytes_NeverFailOtherwiseThanWithProblems()
    {
        var fragments = Gen.Elements(
            "{", "}", "[", "]", "\"", ",", ":", "\n", "\r\n", "|", "\\", "\\u", "d800", "0", "-1", "1e9", "true", "null", "id", "image", "\"image\":", "\"images\":[", "\"prompt\":", "\"options\":{",
            "\"extra\":{", "\"items\":[", "\"vars\":{", "\"tags\":{", "\"mask\":", "\"file_id\":", "https://a/b", "data:image/png;base64,", "{{", "}}", "\uFEFF", "image,prompt\n", "é", "\0", " ", Good)
            .Select(s => Encoding.UTF8.GetBytes(s));
        var noise = Gen.Choose(0, 255).Select(b => new[] { (byte)b });
        var bytes = Gen.Frequency((9, fragments), (1, noise)).ListOf().Select(pieces => pieces.SelectMany(p => p).ToArray());
        Prop.ForAll(bytes.ToArbitrary(), manifest =>
        {
            foreach (var name in (string[])["m.jsonl", "m.json", "m.csv", "-"])
            {
                var planned = Planned.FromAsync(manifest, name).GetAwaiter().GetResult();
                (planned.Items.Count + planned.Problems.Count).ShouldBeGreaterThan(0);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    private static List<string> Read(string text, string name)
    {
        var planned = Planned.FromAsync(text, name).GetAwaiter().GetResult();
        planned.Problems.ShouldBeEmpty();
        return [.. planned.Items.Select(Planned.Text)];
    }
}
