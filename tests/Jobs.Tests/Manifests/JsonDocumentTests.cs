using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Tests.Manifests;

public sealed class JsonDocumentTests
{
    [Fact]
    public async Task Plan_HeadAndItems_RowsStandOverHead()
    {
        var planned = await Planned.JsonAsync("""
            {
              "name": "spring",
              "prompt": "Put {{product}} on white",
              "options": {"quality": "low", "n": 2},
              "tags": {"brand": "acme", "season": "spring"},
              "items": [
                {"image": "https://a/1", "vars": {"product": "mug"}, "options": {"n": 1}, "tags": {"season": "autumn"}},
                {"image": "https://a/2", "prompt": "plain", "options": {"n": null}}
              ]
            }
            """);
        planned.Problems.ShouldBeEmpty();
        planned.Items.Select(i => i.Prompt).ShouldBe(["Put mug on white", "plain"]);
        planned.Items[0].Options.ToJson().ShouldBe("""{"model":"gpt-image-2","n":1,"quality":"low"}""");
        planned.Items[1].Options.ToJson().ShouldBe("""{"model":"gpt-image-2","quality":"low"}""");
        planned.Items[0].Tags.ShouldBe(new Dictionary<string, string> { ["brand"] = "acme", ["season"] = "autumn" }, ignoreOrder: true);
        planned.Plan.Head.Name.ShouldBe("spring");
        planned.Plan.Head.Prompt.ShouldBe("Put {{product}} on white");
    }

    [Fact]
    public async Task Plan_FlagsAndHead_FlagsStandOverHead()
    {
        var flags = Planned.Flags with { Prompt = "from the flag", Tags = new Dictionary<string, string> { ["brand"] = "flag" } };
        var planned = await Planned.FromAsync("""{"prompt":"from the head","options":{"model":"other"},"tags":{"brand":"head","x":"y"},"items":[{"image":"https://a/1"}]}""", "m.json", flags);
        planned.Item.Prompt.ShouldBe("from the flag");
        planned.Item.Options.Model.ShouldBe("gpt-image-2");
        planned.Item.Tags.ShouldBe(new Dictionary<string, string> { ["brand"] = "flag", ["x"] = "y" }, ignoreOrder: true);
        planned.Plan.Defaults.Prompt.ShouldBe("from the flag");
    }

    [Fact]
    public async Task Plan_BareArray_IsItsItems() =>
        (await Planned.JsonAsync("""[{"image":"https://a/1","prompt":"p"},{"image":"https://a/2","prompt":"q"}]""")).Items.Select(i => i.Prompt).ShouldBe(["p", "q"]);

    [Theory]
    [InlineData("", null, "has no items; at least one is needed")]
    [InlineData(" \n ", null, "has no items; at least one is needed")]
    [InlineData("[]", null, "has no items; at least one is needed")]
    [InlineData("""{"items":[]}""", null, "has no items; at least one is needed")]
    [InlineData("{}", "items", "is missing; a JSON manifest has its items there, or is an array of them")]
    [InlineData("5", null, "must be a JSON object with items, or an array of items, not a number")]
    [InlineData("""{"items":{}}""", "items", "must be an array, not an object")]
    [InlineData("""{"items":[{"image":"https://a/1","prompt":"p"}],"prompt":"late"}""", "prompt", "must come before items: what goes for all of them has to be known when the first is read")]
    [InlineData("""{"items":[{"image":"https://a/1","prompt":"p"}],"items":[]}""", "items", "is given twice")]
    [InlineData("""{"prompt":"p","prompt":"q","items":[{"image":"https://a/1"}]}""", "prompt", "is given twice")]
    [InlineData("""{"promt":"p","items":[{"image":"https://a/1","prompt":"p"}]}""", "promt", "is not a field of a manifest, which has name, prompt, options, tags, items; did you mean \"prompt\"?")]
    [InlineData("""{"prompt":5,"items":[{"image":"https://a/1","prompt":"p"}]}""", "prompt", "must be a string, not a number")]
    [InlineData("""{"options":{"n":11},"items":[{"image":"https://a/1","prompt":"p"}]}""", "options.n", "must be a whole number from 1 to 10, not 11")]
    [InlineData("""[5]""", null, "must be a JSON object, not a number")]
    public async Task Plan_WrongDocument_IsOneProblem(string json, string? field, string reason)
    {
        var problem = (await Planned.JsonAsync(json)).Problem;
        (problem.Field, problem.Reason).ShouldBe((field, reason));
    }

    [Theory]
    [InlineData("""[{"image":"https://a/1","prompt":"p"},]""")]
    [InlineData("""[{"image":"https://a/1","prompt":"p"}]x""")]
    [InlineData("""[{"image":"https://a/1","prompt":"p"}""")]
    [InlineData("""{"items":[{"image":"https://a/1","prompt":"p"}]""")]
    [InlineData("""{"items":[{"image":"https://a/1","prompt":"p"}],}""")]
    [InlineData("// no\n[]")]
    public async Task Plan_BrokenDocument_IsAProblem(string json) => (await Planned.JsonAsync(json)).Problem.Reason.ShouldStartWith("is not valid JSON");

    [Fact]
    public async Task Plan_Problems_NameTheLineWhereTheItemStarts()
    {
        var planned = await Planned.JsonAsync("{\n \"items\": [\n  {\"image\":\"https://a/1\",\"prompt\":\"p\"},\n\n  {\n   \"imag\": 1,\n   \"image\":\"https://a/1\",\"prompt\":\"p\"}\n]\n");
        planned.Problems[0].ToString().ShouldStartWith("m.json:5: imag:");
        planned.Problems[1].Line.ShouldBe(9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Plan_StreamInSmallPieces_GivesTheSame(int piece)
    {
        var json = $$"""{"prompt":"{{new string('p', 3000)}}","items":[{{string.Join(" ,\n", Enumerable.Range(0, 50).Select(i => $$"""{"id":"a{{i}}","image":"https://a/{{i}}"}"""))}}]} """;
        using var stream = new PiecewiseStream(json, piece);
        var planned = await Planned.FromAsync(stream, new ManifestSource("-", null, null));
        planned.Problems.ShouldBeEmpty();
        planned.Items.Count.ShouldBe(50);
        planned.Items[49].Key.ShouldBe("a49");
    }

    [Fact]
    public async Task Plan_ItemOfTenMegabytes_IsRead()
    {
        var url = $"data:image/png;base64,{new string('A', 10 * 1024 * 1024)}";
        (await Planned.JsonAsync($$"""[{"image":"{{url}}","prompt":"p"},{"image":"{{url}}","prompt":"p"}]""")).Items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Plan_ItemPastTheBound_IsAProblem()
    {
        var json = $$"""[{"image":"https://a/1","prompt":"{{new string('x', 400_000)}}"}]""";
        (await Planned.FromAsync(json, "m.json", limits: new PlanLimits { MaxRowBytes = 1000 })).Problem.Reason.ShouldBe("a value is longer than 1,000 bytes, the most that a row may be");
    }
}
