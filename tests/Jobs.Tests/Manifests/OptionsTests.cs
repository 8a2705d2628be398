using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Tests.Manifests;

public sealed class OptionsTests
{
    [Fact]
    public void All_Names_AreTheEndpointsParameters() =>
        EditParameters.All.Keys.Concat(EditParameters.Fields).Order(StringComparer.Ordinal).ShouldBe(
            ["background", "images", "input_fidelity", "mask", "model", "moderation", "n", "output_compression", "output_format", "partial_images", "prompt", "quality", "size", "stream", "user"]);

    [Theory]
    [InlineData("""{"background":"transparent"}""")]
    [InlineData("""{"input_fidelity":"high","moderation":"low","user":"u","quality":"auto"}""")]
    [InlineData("""{"n":1}""")]
    [InlineData("""{"n":10}""")]
    [InlineData("""{"output_format":"jpeg","output_compression":0}""")]
    [InlineData("""{"output_format":"webp","output_compression":100,"background":"transparent"}""")]
    [InlineData("""{"stream":true,"partial_images":0}""")]
    [InlineData("""{"stream":true,"partial_images":3}""")]
    [InlineData("""{"background":"transparent","output_format":"png","output_compression":100,"partial_images":1}""")]
    [InlineData("""{"partial_images":1}""")]
    [InlineData("""{"background":"transparent","moderation":"auto","n":1,"output_compression":100,"output_format":"png","partial_images":1,"quality":"high","size":"1024x1024","user":"user-1234"}""")]
    [InlineData("""{"size":"auto"}""")]
    [InlineData("""{"size":"1536x1024"}""")]
    [InlineData("""{"model":"any-name-a-server-takes"}""")]
    public async Task Plan_ValidOptions_AreTaken(string options) =>
        (await Planned.RowAsync($"\"options\":{options}")).Item.Options.ShouldBe(Planned.Flags.Options.With(EditOptions.Parse(options)));

    [Theory]
    [InlineData("""{"n":0}""", "n", "must be a whole number from 1 to 10, not 0")]
    [InlineData("""{"n":11}""", "n", "must be a whole number from 1 to 10, not 11")]
    [InlineData("""{"n":1.5}""", "n", "must be a whole number from 1 to 10, not 1.5")]
    [InlineData("""{"n":"2"}""", "n", "must be a whole number from 1 to 10, not \"2\"")]
    [InlineData("""{"n":99999999999}""", "n", "must be a whole number from 1 to 10, not 99999999999")]
    [InlineData("""{"quality":"best"}""", "quality", "must be one of low, medium, high, auto, xhigh, max, standard, not \"best\"")]
    [InlineData("""{"quality":{}}""", "quality", "must be one of low, medium, high, auto, xhigh, max, standard, not {}")]
    [InlineData("""{"background":"white"}""", "background", "must be one of transparent, opaque, auto, not \"white\"")]
    [InlineData("""{"moderation":"high"}""", "moderation", "must be one of low, auto, not \"high\"")]
    [InlineData("""{"input_fidelity":"auto"}""", "input_fidelity", "must be one of high, low, not \"auto\"")]
    [InlineData("""{"output_format":"gif"}""", "output_format", "must be one of png, jpeg, webp, not \"gif\"")]
    [InlineData("""{"size":"big"}""", "size", "must be auto or WIDTHxHEIGHT, such as 1024x1024, not \"big\"")]
    [InlineData("""{"size":"0x10"}""", "size", "must be auto or WIDTHxHEIGHT, such as 1024x1024, not \"0x10\"")]
    [InlineData("""{"stream":"true"}""", "stream", "must be true or false, not \"true\"")]
    [InlineData("""{"user":" "}""", "user", "must be a string that isn't empty, not \" \"")]
    [InlineData("""{"model":5}""", "model", "must be a string that isn't empty, not 5")]
    [InlineData("""{"output_format":"jpeg","output_compression":101}""", "output_compression", "must be a whole number from 0 to 100, not 101")]
    [InlineData("""{"output_compression":50}""", "output_compression", "goes only with output_format jpeg or webp")]
    [InlineData("""{"output_format":"png","output_compression":50}""", "output_compression", "goes only with output_format jpeg or webp")]
    [InlineData("""{"stream":true,"partial_images":4}""", "partial_images", "must be a whole number from 0 to 3, not 4")]
    [InlineData("""{"output_compression":99}""", "output_compression", "goes only with output_format jpeg or webp")]
    [InlineData("""{"background":"transparent","output_format":"jpeg"}""", "background", "transparent needs output_format png or webp")]
    [InlineData("""{"qualty":"low"}""", "qualty", "is not an option; did you mean \"quality\"? (what isn't known here is given in options.extra)")]
    [InlineData("""{"seed":7}""", "seed", "is not an option (what isn't known here is given in options.extra)")]
    [InlineData("""{"prompt":"x"}""", "prompt", "is a field of the row, not an option")]
    [InlineData("""{"n":1,"n":2}""", "n", "is given twice")]
    [InlineData("""{"model":null}""", "model", "is missing; give it in the row, in the manifest's head or with --model")]
    [InlineData("""{"extra":5}""", "extra", "must be an object, not a number")]
    [InlineData("""{"extra":{"n":2}}""", "extra.n", "is known; give it outside of extra")]
    [InlineData("""{"extra":{"a":1,"a":2}}""", "extra.a", "is given twice")]
    [InlineData("""{"extra":{"a":{"b":1,"b":2}}}""", "extra.a", "has a name twice in an object")]
    [InlineData("""{"extra":{"a":[1e999]}}""", "extra.a", "has a number too large to be one")]
    public async Task Plan_WrongOptions_AreOneProblem(string options, string name, string reason) =>
        (await Planned.RowAsync($"\"options\":{options}")).Problem.ShouldBe(new ManifestProblem("m.jsonl", 1, $"options.{name}", reason));

    [Fact]
    public async Task Plan_ExtraOptions_PassThroughFlat()
    {
        var planned = await Planned.RowAsync("""
            "options":{"quality":"low","extra":{"seed":7,"style":{"a":["b"]}}}
            """);
        planned.Item.Options.ToJson().ShouldBe("""{"model":"gpt-image-2","quality":"low","seed":7,"style":{"a":["b"]}}""");
    }

    [Fact]
    public async Task Plan_AllowedOptions_PassThrough()
    {
        var limits = new PlanLimits { AllowedOptions = new HashSet<string> { "seed" } };
        var planned = await Planned.FromAsync("""{"image":"https://a/1","prompt":"p","options":{"seed":7}}""", "m.jsonl", limits: limits);
        planned.Item.Options.ToJson().ShouldBe("""{"model":"gpt-image-2","seed":7}""");
    }

    [Fact]
    public async Task Plan_RowMakesADefaultValid_NoProblem()
    {
        var flags = Planned.Flags with { Options = EditOptions.Parse("""{"model":"m","output_compression":50}""") };
        var planned = await Planned.FromAsync("""{"image":"https://a/1","prompt":"p","options":{"output_format":"webp"}}""", "m.jsonl", flags);
        planned.Item.Options.OutputFormat.ShouldBe("webp");
    }

    [Fact]
    public async Task Plan_WrongFlag_IsReportedOnceForTheWholeFile()
    {
        var flags = Planned.Flags with { Options = EditOptions.Parse("""{"model":"m","n":50}""") };
        var planned = await Planned.FromAsync("""
            {"image":"https://a/1","prompt":"p"}
            {"image":"https://a/2","prompt":"p"}
            """, "m.jsonl", flags);
        planned.Problem.ToString().ShouldBe("m.jsonl: options.n: must be a whole number from 1 to 10, not 50");
        planned.Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Plan_NoModelAnywhere_TakesTheConfiguredOne()
    {
        var planned = await Planned.FromAsync("""{"image":"https://a/1","prompt":"p"}""", "m.jsonl", BatchDefaults.Empty);
        planned.Item.Options.Model.ShouldBe(ManifestPlanner.DefaultModel);
    }

    [Fact]
    public async Task Plan_SameOptionsInManyRows_AreOneInstance()
    {
        var planned = await Planned.LinesAsync(
            """{"image":"https://a/1","prompt":"p","options":{"n":2}}""",
            """{"image":"https://a/2","prompt":"p","options":{"n":2}}""",
            """{"image":"https://a/3","prompt":"p","options":{"n":3}}""");
        planned.Items[1].Options.ShouldBeSameAs(planned.Items[0].Options);
        planned.Items[2].Options.N.ShouldBe(3);
    }

    [Fact]
    public async Task Plan_Check_AddsItsProblems()
    {
        var planned = await Planned.FromAsync("""
            {"image":"https://a/1","prompt":"p"}
            {"image":"https://a/2","prompt":"refuse me"}
            """, "m.jsonl", null, null, new RefusingCheck());
        planned.Items.Count.ShouldBe(1);
        planned.Problem.ToString().ShouldBe("m.jsonl:2: prompt: was refused");
    }

    private sealed class RefusingCheck : IItemCheck
    {
        public IEnumerable<FieldFault> Check(PlannedItem item) => item.Prompt.StartsWith("refuse", StringComparison.Ordinal) ? [new FieldFault("prompt", "was refused")] : [];
    }
}
