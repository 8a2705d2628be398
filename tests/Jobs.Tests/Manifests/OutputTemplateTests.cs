using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Outputs;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Manifests;

public sealed class OutputTemplateTests
{
    private const string Batch = "20261122-k7f3q9";
    private static readonly DateOnly Day = new(2026, 11, 22);
    private static readonly Dictionary<string, string> Tags = new(StringComparer.Ordinal) { ["brand"] = "Acme & Söhne", ["dots"] = "..", ["device"] = "nul", ["image"] = "a.png" };

    [Theory]
    [InlineData("{batch}/{id}-{n}.{ext}", "mugs/1", "20261122-k7f3q9/mugs=2F1-1.png")]
    [InlineData("{date}/{batch}/{id}_{n}.{ext}", "SKU-1", "2026-11-22/20261122-k7f3q9/SKU-1_1.png")]
    [InlineData("{batch}/{tag:brand}/{id}/{n}.{ext}", "SKU-1", "20261122-k7f3q9/Acme=20=26=20S=C3=B6hne/SKU-1/1.png")]
    [InlineData("out/{batch}/{model}-{row}-{n}.{ext}", "SKU-1", "out/20261122-k7f3q9/gpt-image-2-7-1.png")]
    [InlineData("{batch}/{tag:dots}/{id}-{n}.{ext}", "..", "20261122-k7f3q9/=2E=2E/=2E=2E-1.png")]
    [InlineData("{batch}/{tag:device}/{id}-{n}.{ext}", "CON", "20261122-k7f3q9/=6Eul/CON-1.png")]
    [InlineData("{batch}/{tag:image}/{id}-{n}.{ext}", "a", "20261122-k7f3q9/a=2Epng/a-1.png")]
    [InlineData("{batch}/{id}/{n}.{ext}", "COM1.x", "20261122-k7f3q9/=43OM1.x/1.png")]
    public void Render_Template_GivesThePathOfEachAttempt(string template, string id, string path)
    {
        var name = Render(template, id);

        new AttemptPlace(Batch, name, 1, "png").PathOf(0).ShouldBe(path);
        new AttemptPlace(Batch, name, 3, "webp").PathOf(9).ShouldBe(path[..^5] + "10.3.webp");
        new AttemptPlace(Batch, name, 1, "png").Stem.ShouldBe(path[..^5]);
    }

    [Fact]
    public void Render_Default_IsWhatItemsHaveWithoutATemplate() => Render(OutputTemplate.Default, "größe 1").ShouldBe(OutputNames.FromId("größe 1"));

    [Theory]
    [InlineData("{batch}/{id}", "must end in {n}.{ext}, such as {batch}/{id}-{n}.{ext}")]
    [InlineData("{n}.{ext}", "must have -, _ or / before {n}.{ext}, so that an id's digits and the image's number don't run together")]
    [InlineData("{batch}/{id}{n}.{ext}", "must have -, _ or / before {n}.{ext}, so that an id's digits and the image's number don't run together")]
    [InlineData("{id}-{n}.{ext}", "must have {batch}: a place is written once, and another batch would find it taken")]
    [InlineData("{batch}/{date}-{n}.{ext}", "must have {id}, {row} or a tag, or else all items would be in one place")]
    [InlineData("{batch}/{sku}-{n}.{ext}", "has {sku}, which isn't known; there are {batch}, {id}, {row}, {date}, {model}, {tag:NAME}, {n} and {ext}")]
    [InlineData("{batch}/{tag:}-{n}.{ext}", "has {tag:}, which isn't known; there are {batch}, {id}, {row}, {date}, {model}, {tag:NAME}, {n} and {ext}")]
    [InlineData("{batch}/{n}/{id}-{n}.{ext}", "must have {n} at its end only")]
    [InlineData("{batch/{id}-{n}.{ext}", "has a brace without its other one at character 8")]
    [InlineData("{batch}/{id}}-{n}.{ext}", "has a brace without its other one at character 13")]
    [InlineData("/{batch}/{id}-{n}.{ext}", "gives names that would have to not begin")]
    [InlineData("../{batch}/{id}-{n}.{ext}", "gives names that would have to have no folder or file name that begins or ends with a dot")]
    [InlineData("{batch}/a:b/{id}-{n}.{ext}", "gives names that would have to not contain")]
    [InlineData("{batch}/aux/{id}-{n}.{ext}", "gives names that would have to have no folder named like a device of Windows")]
    public void FaultOf_NoTemplate_SaysWhy(string template, string fault)
    {
        OutputTemplate.FaultOf(template).ShouldNotBeNull().ShouldStartWith(fault.Replace("would have to not", "mustn't", StringComparison.Ordinal));
        Should.Throw<FormatException>(() => OutputTemplate.Parse(template, Batch, Day));
    }

    [Fact]
    public void Render_AnyIds_GivesSafePathsThatMeetOnlyWhenTheIdsAreTheSame()
    {
        var id = Gen.Elements("a", "-", "_", "1", "=", "2E", ".", "..", "/", "\\", " ", "==", "é", "e\u0301", "A", "CON", ".png", "{n}", ":", new string('x', 90)).NonEmptyListOf().Select(string.Concat);
        var template = Gen.Elements("{batch}/{id}-{n}.{ext}", "{batch}/{id}_{n}.{ext}", "{id}/{batch}/{n}.{ext}", "x/{id}-{batch}-{n}.{ext}", "{batch}/{date}-{id}/{n}.{ext}");
        Prop.ForAll(id.Two().ToArbitrary(), template.ToArbitrary(), (ids, text) =>
        {
            var (one, other) = (Paths(Render(text, ids.Item1)), Paths(Render(text, ids.Item2)));
            foreach (var path in one)
            {
                // The bound is one of names without their numbers; what counts is that of file systems.
                if (OutputNames.FaultOf(path) is { } fault) fault.ShouldBe("must have no folder or file name over 200 bytes");
                path.Split('/').ShouldAllBe(segment => segment.Length <= 220);
                path.ShouldMatch("[-_/][0-9]+(\\.[0-9]+)?\\.png$");
                // In a name that had to be shortened, the hash stands for it.
                if (!path.Contains("==", StringComparison.Ordinal)) path.ShouldContain(Batch);
            }

            one.Overlaps(other).ShouldBe(string.Equals(ids.Item1, ids.Item2, StringComparison.Ordinal));
            one.Count.ShouldBe(36);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public async Task Plan_Template_NamesRowsThatGiveNoOutputThemselves()
    {
        var planned = await PlanAsync("{batch}/{tag:brand}/{row}-{n}.{ext}", """{"image":"URL","prompt":"p","tags":{"brand":"a"}}""", """{"image":"URL","prompt":"p","output":"own/name"}""");

        planned.Problems.ShouldBeEmpty();
        planned.Items.Select(item => item.OutputName).ShouldBe(["a/1", "own/name"]);
    }

    [Fact]
    public async Task Plan_RowsMeetInOnePlace_NamesBothLines() =>
        (await PlanAsync("{date}/{batch}-{tag:brand}-{n}.{ext}", """{"image":"URL","prompt":"p","tags":{"brand":"a"}}""", """{"image":"URL","prompt":"p","tags":{"brand":"b"}}""", """{"image":"URL","prompt":"p","tags":{"brand":"a"}}"""))
            .Problem.ShouldBe(new ManifestProblem("m.jsonl", 3, "output", $"line 1 has the output name \"/2026-11-22/{Batch}-a-\" too; its images would be in the same place"));

    [Fact]
    public async Task Plan_RowsMeetButForCase_NamesBothLines() =>
        (await PlanAsync("{batch}/{tag:brand}-{n}.{ext}", """{"image":"URL","prompt":"p","tags":{"brand":"Acme"}}""", """{"image":"URL","prompt":"p","tags":{"brand":"ACME"}}"""))
            .Problem.ToString().ShouldStartWith("m.jsonl:2: output: line 1 has the output name \"ACME\" but for upper and lower case");

    [Fact]
    public async Task Plan_TagIsMissing_NamesTheLine() =>
        (await PlanAsync("{batch}/{tag:brand}-{n}.{ext}", """{"image":"URL","prompt":"p","tags":{"brand":"a"}}""", """{"image":"URL","prompt":"p"}"""))
            .Problem.ShouldBe(new ManifestProblem("m.jsonl", 2, "output", "its name by the template needs the tag \"brand\", which this row doesn't have"));

    private static string Render(string template, string id) =>
        OutputTemplate.Parse(template, Batch, Day).Render(id, 7, "gpt-image-2", Tags, out var fault).ShouldNotBeNull(fault);

    private static HashSet<string> Paths(string name) =>
        [.. Enumerable.Range(1, 3).SelectMany(attempt => Enumerable.Range(0, 12).Select(index => new AttemptPlace(Batch, name, attempt, "png").PathOf(index)))];

    private static Task<Planned> PlanAsync(string template, params string[] lines) => Planned.FromAsync(
        string.Join('\n', lines).Replace("URL", Planned.Url, StringComparison.Ordinal), "m.jsonl", Planned.Flags with { OutputTemplate = OutputTemplate.Parse(template, Batch, Day) });
}
