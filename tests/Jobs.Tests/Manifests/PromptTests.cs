using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Tests.Manifests;

public sealed class PromptTests
{
    [Theory]
    [InlineData("Put {{product}} on {{ scene }}", "Put mug on white")]
    [InlineData("{{product}}{{product}}", "mugmug")]
    [InlineData("{{n}} {{yes}} {{big}}", "3 true 1.50")]
    [InlineData("{{id}}", "SKU-1")]
    [InlineData("{{{{product}}", "{{product}}")]
    [InlineData("{{{{{{product}}", "{{mug")]
    [InlineData("a } }} b { c", "a } }} b { c")]
    [InlineData("{{tricky}}", "{{product}}")]
    [InlineData("{{größe}}", "XL")]
    public async Task Plan_Template_IsRendered(string template, string prompt)
    {
        var planned = await Planned.LinesAsync(
            $$$"""{"id":"SKU-1","image":"https://a/1","prompt":"{{{template}}}","vars":{"product":"mug","scene":"white","n":3,"yes":true,"big":1.50,"tricky":"{{product}}","größe":"XL"}}""");
        planned.Item.Prompt.ShouldBe(prompt);
    }

    [Theory]
    [InlineData("{{colour}}", "has {{colour}}, which this row gives no value for; it has product, id")]
    [InlineData("{{b}} {{a}} {{b}}", "has {{b}}, {{a}}, which this row gives no value for; it has product, id")]
    [InlineData("{{unset}}", "has {{unset}}, which this row gives no value for; it has product, id")]
    [InlineData("x {{product", "has {{ at character 3 and no }} after it; write {{{{ for two braces as text")]
    [InlineData("{{ }}", "has no variable's name between {{ and }} at character 1; write {{{{ for two braces as text")]
    [InlineData("{{a{b}}", "has no variable's name between {{ and }} at character 1; write {{{{ for two braces as text")]
    [InlineData("", "must not be empty")]
    [InlineData(" ", "must not be empty")]
    [InlineData("{{empty}}", "must not be empty")]
    public async Task Plan_WrongTemplate_SaysWhy(string template, string reason)
    {
        var planned = await Planned.LinesAsync($$$"""{"image":"https://a/1","prompt":"{{{template}}}","vars":{"product":"mug","unset":null{{{(template is "{{empty}}" ? ",\"empty\":\"\"" : "")}}}}}""");
        planned.Problem.ShouldBe(new ManifestProblem("m.jsonl", 1, "prompt", reason));
    }

    [Fact]
    public async Task Plan_CsvColumns_AreVariablesWhereTheyHaveAValue()
    {
        var planned = await Planned.CsvAsync("image,prompt,product,scene", "https://a/1,Put {{product}} on {{scene}},mug,white", "https://a/1,{{scene}},mug,");
        planned.Items[0].Prompt.ShouldBe("Put mug on white");
        planned.Problem.ToString().ShouldBe("m.csv:3: prompt: has {{scene}}, which this row gives no value for; it has product, id");
    }

    [Fact]
    public async Task Plan_NoPrompt_IsAProblem() =>
        (await Planned.LinesAsync("""{"image":"https://a/1"}""")).Problem.ToString()
            .ShouldBe("m.jsonl:1: prompt: is missing; give one in the row, in the manifest's head or with --prompt");

    [Fact]
    public async Task Plan_PromptOfWrongType_IsOneProblem() =>
        (await Planned.LinesAsync("""{"image":"https://a/1","prompt":5}""")).Problem.Reason.ShouldBe("must be a string, not a number");

    [Fact]
    public async Task Plan_WrongDefaultPrompt_IsReportedOnce()
    {
        var planned = await Planned.FromAsync("""
            {"image":"https://a/1"}
            {"image":"https://a/2"}
            """, "m.jsonl", Planned.Flags with { Prompt = "{{oops" });
        planned.Problem.ToString().ShouldBe("m.jsonl: prompt: the default prompt has {{ at character 1 and no }} after it; write {{{{ for two braces as text");
        planned.Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x", 32_000, 0)]
    [InlineData("x", 32_001, 1)]
    [InlineData("🙂", 32_000, 0)]
    [InlineData("🙂", 32_001, 1)]
    public async Task Plan_Prompt_IsAtMost32000Characters(string character, int count, int problems)
    {
        var planned = await Planned.LinesAsync($$"""{"image":"https://a/1","prompt":"{{string.Concat(Enumerable.Repeat(character, count))}}"}""");
        planned.Problems.Count.ShouldBe(problems);
        planned.Problems.ShouldAllBe(p => p.Reason == "has more than 32,000 characters");
    }

    [Fact]
    public async Task Plan_TemplateThatWouldFillMemory_IsAProblem()
    {
        var planned = await Planned.LinesAsync($$$"""{"image":"https://a/1","prompt":"{{{string.Concat(Enumerable.Repeat("{{v}}", 100_000))}}}","vars":{"v":"{{{new string('x', 1_000_000)}}}"}}""");
        planned.Problem.Reason.ShouldBe("has more than 32,000 characters");
    }
}
