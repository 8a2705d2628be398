using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Tests.Models;

public sealed class ModelRulesTests
{
    private static readonly DateOnly Today = new(2026, 4, 1);
    private static readonly ModelBook Book = ModelBook.BuiltIn;

    [Theory]
    [InlineData("gpt-image-2", """{"input_fidelity":"high"}""", "input_fidelity", "gpt-image-2 doesn't take input_fidelity: inputs are always read at high fidelity; leave it out.")]
    [InlineData("gpt-image-2.6-flare-2026-11-04", """{"input_fidelity":"low"}""", "input_fidelity", "gpt-image-2.6-flare doesn't take input_fidelity: inputs are always read at high fidelity; leave it out.")]
    [InlineData("gpt-image-1-mini", """{"input_fidelity":"high"}""", "input_fidelity", "high is not a value of input_fidelity that gpt-image-1-mini takes: must be low.")]
    [InlineData("gpt-image-1", """{"input_fidelity":"max"}""", "input_fidelity", "max is not a value of input_fidelity that gpt-image-1 takes: must be one of high, low.")]
    [InlineData("gpt-image-2", """{"quality":"max"}""", "quality", "max is not a value of quality that gpt-image-2 takes: must be one of low, medium, high, auto.")]
    [InlineData("gpt-image-2.5-flare", """{"quality":"ultra"}""", "quality", "ultra is not a value of quality that gpt-image-2.5-flare takes: must be one of low, medium, high, xhigh, max, auto.")]
    [InlineData("gpt-image-2", """{"quality":3}""", "quality", "3 is not a value of quality that gpt-image-2 takes: must be one of low, medium, high, auto.")]
    [InlineData("gpt-image-2", """{"background":"green"}""", "background", "green is not a value of background that gpt-image-2 takes: must be one of transparent, opaque, auto.")]
    [InlineData("gpt-image-1", """{"background":"transparent","output_format":"jpeg"}""", "background", "background transparent needs output_format png or webp, not jpeg.")]
    [InlineData("gpt-image-2", """{"moderation":"high"}""", "moderation", "high is not a value of moderation that gpt-image-2 takes: must be one of low, auto.")]
    [InlineData("gpt-image-2", """{"n":0}""", "n", "0 is not a value of n that gpt-image-2 takes: must be a whole number from 1 to 10.")]
    [InlineData("gpt-image-2", """{"n":11}""", "n", "11 is not a value of n that gpt-image-2 takes: must be a whole number from 1 to 10.")]
    [InlineData("gpt-image-2", """{"n":1.5}""", "n", "1.5 is not a value of n that gpt-image-2 takes: must be a whole number from 1 to 10.")]
    [InlineData("gpt-image-2", """{"n":"2"}""", "n", "2 is not a value of n that gpt-image-2 takes: must be a whole number from 1 to 10.")]
    [InlineData("gpt-image-2", """{"output_compression":80}""", "output_compression", "output_compression 80 needs output_format jpeg or webp, not png, which it is when unset.")]
    [InlineData("gpt-image-2", """{"output_compression":80,"output_format":"png"}""", "output_compression", "output_compression 80 needs output_format jpeg or webp, not png.")]
    [InlineData("gpt-image-2", """{"output_compression":101,"output_format":"jpeg"}""", "output_compression", "101 is not a value of output_compression that gpt-image-2 takes: must be a whole number from 0 to 100.")]
    [InlineData("gpt-image-2", """{"output_format":"gif"}""", "output_format", "gif is not a value of output_format that gpt-image-2 takes: must be one of png, jpeg, webp.")]
    [InlineData("gpt-image-2", """{"partial_images":4,"stream":true}""", "partial_images", "4 is not a value of partial_images that gpt-image-2 takes: must be a whole number from 0 to 3.")]
    [InlineData("gpt-image-2", """{"stream":"yes"}""", "stream", "yes is not a value of stream that gpt-image-2 takes: must be true or false.")]
    [InlineData("gpt-image-2", """{"user":7}""", "user", "7 is not a value of user that gpt-image-2 takes: must be a string.")]
    [InlineData("gpt-image-2", """{"response_format":"url"}""", "response_format", "gpt-image-2 doesn't take response_format: GPT image models always answer with b64_json; leave it out.")]
    [InlineData("gpt-image-2", """{"size":"1000x1000"}""", "size", "1000x1000 is not a size that gpt-image-2 makes: both edges must be multiples of 16; the nearest right size is 1008x1008.")]
    [InlineData("gpt-image-1.5", """{"size":"2048x2048"}""", "size", "2048x2048 is not a size that gpt-image-1.5 makes: must be one of auto, 1024x1024, 1536x1024, 1024x1536; the nearest right size is 1024x1024.")]
    [InlineData("gpt-image-2", """{"size":1024}""", "size", "1024 is not a size that gpt-image-2 makes: must be a string.")]
    [InlineData("dall-e-2", """{"size":"auto"}""", "size", "auto is not a size that dall-e-2 makes: must be one of 256x256, 512x512, 1024x1024.")]
    [InlineData("dall-e-2", """{"quality":"high"}""", "quality", "high is not a value of quality that dall-e-2 takes: must be one of standard, auto.")]
    [InlineData("dall-e-2", """{"background":"opaque"}""", "background", "dall-e-2 doesn't take background: only GPT image models know it; leave it out.")]
    [InlineData("dall-e-2", """{"output_format":"png"}""", "output_format", "dall-e-2 doesn't take output_format: only GPT image models know it; leave it out.")]
    [InlineData("dall-e-2", """{"stream":true}""", "stream", "dall-e-2 doesn't take stream: only GPT image models know it; leave it out.")]
    public void Check_WhatTheModelRefuses_IsOneError(string model, string options, string field, string reason) =>
        ModelRules.CheckOptions(Book.Find(model), EditOptions.Parse(options)).ShouldBe([new RuleProblem(field, reason, IsWarning: false)]);

    [Theory]
    [InlineData("gpt-image-2", """{"background":"transparent"}""", "background", "background transparent on gpt-image-2: transparent backgrounds are reported as not supported by this model; opaque or auto is safe.")]
    [InlineData("gpt-image-2", """{"partial_images":2}""", "partial_images", "partial_images has no effect without stream: true.")]
    [InlineData("gpt-image-2", """{"output_compression":100,"output_format":"png"}""", "output_compression", "output_compression 100 needs output_format jpeg or webp, not png.")]
    public void Check_WhatMayNotWork_IsAWarning(string model, string options, string field, string reason) =>
        ModelRules.Check(Book.Find(model), EditOptions.Parse(options), Today).ShouldBe([new RuleProblem(field, reason, IsWarning: true)]);

    [Theory]
    [InlineData("gpt-image-2", "{}")]
    [InlineData("gpt-image-1", """{"background":"transparent","input_fidelity":"high","moderation":"auto","n":10,"output_compression":0,"output_format":"webp","quality":"high","size":"1536x1024","user":"u"}""")]
    [InlineData("gpt-image-2", """{"partial_images":3,"stream":true,"size":"3840x2160","quality":"auto","brand_new":{"a":[1]}}""")]
    [InlineData("gpt-image-2", """{"partial_images":0}""")]
    [InlineData("gpt-image-2.5-sunburst", """{"quality":"xhigh"}""")]
    [InlineData("gpt-image-1-mini", """{"input_fidelity":"low"}""")]
    [InlineData("dall-e-2", """{"size":"256x256","n":10,"response_format":"b64_json"}""")]
    [InlineData("gpt-image-99", """{"size":"7x7","quality":"cosmic","n":1000,"background":"transparent","output_format":"jpeg","output_compression":80}""")]
    [InlineData("house-model", """{"size":7}""")]
    public void Check_WhatIsRight_FindsNothing(string model, string options) => ModelRules.Check(Book.Find(model), EditOptions.Parse(options), Today).ShouldBeEmpty();

    [Fact]
    public void Check_TheContractsOwnExample_HasNoErrors() => ModelRules.Check(
        Book.Find("gpt-image-1.5"),
        EditOptions.Parse("""{"background":"transparent","model":"gpt-image-1.5","moderation":"auto","n":1,"output_compression":100,"output_format":"png","partial_images":1,"quality":"high","size":"1024x1024","user":"user-1234"}"""),
        Today).ShouldAllBe(p => p.IsWarning);

    [Fact]
    public void Check_SeveralFaults_FindsAllOfThem() => ModelRules.Check(
        Book.Find("gpt-image-2"), EditOptions.Parse("""{"quality":"x","size":"y","n":0,"input_fidelity":"high"}"""), Today)
        .Select(p => p.Field).ShouldBe(["input_fidelity", "n", "quality", "size"]);

    [Fact]
    public void Check_ModelThatMakesOneImage_RefusesMore()
    {
        var book = Book.With("""{"models":[{"name":"one","parameters":{"n":{"min":1,"max":1}}}]}""", "mine.json");
        ModelRules.Check(book.Find("one"), EditOptions.Parse("""{"n":2}"""), Today).ShouldBe([new RuleProblem("n", "2 is not a value of n that one takes: must be 1.", IsWarning: false)]);
    }

    [Theory]
    [InlineData("1.5", false)]
    [InlineData("6", false)]
    [InlineData("5", true)]
    public void Check_DefaultOfAnUntypedParameter_IsHarmless(string value, bool warning)
    {
        var book = Book.With("""{"models":[{"name":"one","parameters":{"grain":{"default":5,"needs_format":{"*":["jpeg"]}}}}]}""", "mine.json");
        ModelRules.Check(book.Find("one"), EditOptions.Parse($$"""{"grain":{{value}}}"""), Today)
            .ShouldBe([new RuleProblem("grain", $"grain {value} needs output_format jpeg, not png, which it is when unset.", warning)]);
    }

    [Fact]
    public void Check_LongValue_IsShortened() => ModelRules.Check(Book.Find("gpt-image-2"), EditOptions.Parse($$"""{"quality":"{{new string('q', 5000)}}"}"""), Today)
        .Single().Reason.ShouldBe($"{new string('q', 100)}… is not a value of quality that gpt-image-2 takes: must be one of low, medium, high, auto.");

    [Theory]
    [InlineData("gpt-image-1", "2026-09-22", null, false)]
    [InlineData("gpt-image-1", "2026-09-23", "gpt-image-1 will be shut down on 2026-10-23, in 30 days; use gpt-image-2 instead.", true)]
    [InlineData("gpt-image-1", "2026-10-22", "gpt-image-1 will be shut down on 2026-10-23, in 1 day; use gpt-image-2 instead.", true)]
    [InlineData("gpt-image-1", "2026-10-23", "gpt-image-1 was shut down on 2026-10-23; use gpt-image-2 instead.", false)]
    [InlineData("dall-e-2", "2026-11-22", "dall-e-2 was shut down on 2026-05-12; use gpt-image-2 instead.", false)]
    [InlineData("gpt-image-1.5-2025-12-16", "2026-11-22", "gpt-image-1.5 will be shut down on 2026-12-01, in 9 days; use gpt-image-2 instead.", true)]
    [InlineData("gpt-image-2", "2030-01-01", null, false)]
    [InlineData("unheard-of", "2030-01-01", null, false)]
    public void Check_ShutdownDate_WarnsBeforeAndFailsAfter(string model, string today, string? reason, bool warning) =>
        ModelRules.Check(Book.Find(model), EditOptions.None, DateOnly.Parse(today)).ShouldBe(reason is null ? [] : [new RuleProblem("model", reason, warning)]);

    [Fact]
    public void CheckSchedule_ShutdownFarOff_WarnsAllTheSame()
    {
        ModelRules.CheckSchedule(Book.Find("gpt-image-1"), new DateOnly(2026, 1, 1))
            .ShouldBe(new RuleProblem("model", "The schedule will cross the shutdown of gpt-image-1 on 2026-10-23; use gpt-image-2 instead.", IsWarning: true));
        ModelRules.CheckSchedule(Book.Find("gpt-image-1"), new DateOnly(2026, 12, 1)).ShouldNotBeNull().IsWarning.ShouldBeFalse();
        ModelRules.CheckSchedule(Book.Find("gpt-image-2"), new DateOnly(2026, 1, 1)).ShouldBeNull();
    }

    [Fact]
    public void CheckInput_TooMuch_IsAnError()
    {
        ModelRules.CheckInput(Book.Find("dall-e-2"), 2, 1001).ShouldBe(
        [
            new RuleProblem("images", "dall-e-2 takes at most 1 image, and there are 2.", IsWarning: false),
            new RuleProblem("prompt", "dall-e-2 takes at most 1000 characters, and there are 1001.", IsWarning: false),
        ]);
        ModelRules.CheckInput(Book.Find("gpt-image-2"), 16, 32_000).ShouldBeEmpty();
        ModelRules.CheckInput(Book.Find("unheard-of"), 1000, 1_000_000).ShouldBeEmpty();
    }

    [Fact]
    public void ShutdownWarningDays_Constant_IsThirty() => ModelRules.ShutdownWarningDays.ShouldBe(30);
}
