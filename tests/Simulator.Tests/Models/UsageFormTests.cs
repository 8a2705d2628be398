using Darkroom.Simulator.Models;

namespace Darkroom.Simulator.Tests.Models;

public sealed class UsageFormTests
{
    [Theory]
    [InlineData(UsageForm.OpenAI, """{"input_tokens":196,"input_tokens_details":{"image_tokens":194,"text_tokens":2},"output_tokens":816,"total_tokens":1012}""")]
    [InlineData(UsageForm.None, null)]
    [InlineData(UsageForm.Null, null)]
    [InlineData(UsageForm.Empty, "{}")]
    [InlineData(UsageForm.Zero, """{"input_tokens":0,"input_tokens_details":{"image_tokens":0,"text_tokens":0},"output_tokens":0,"total_tokens":0}""")]
    [InlineData(UsageForm.Chat, """{"prompt_tokens":196,"prompt_tokens_details":{"image_tokens":194,"text_tokens":2},"completion_tokens":816,"total_tokens":1012,"completion_tokens_details":{"image_tokens":816,"text_tokens":0}}""")]
    [InlineData(UsageForm.Mixed, """{"input_tokens":0,"output_tokens":0,"prompt_tokens":196,"completion_tokens":816,"total_tokens":1012,"input_tokens_details":{"image_tokens":194,"text_tokens":2},"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":null}""")]
    [InlineData(UsageForm.PerImage, null)]
    [InlineData(UsageForm.InputOnly, """{"input_tokens":196,"input_tokens_details":{"image_tokens":194,"text_tokens":2},"output_tokens":0,"total_tokens":196}""")]
    [InlineData(UsageForm.ImageCount, """{"image_count":3}""")]
    public async Task Usage_Form_IsToldSoAndBilledInFull(UsageForm form, string? usage)
    {
        await using var simulation = await Simulation.StartAsync(new() { TokenRules = new() { Form = form } });
        var answer = await simulation.EditOkAsync(("model", "gpt-image-1"), ("prompt", "12345"), ("n", 3), ("quality", "low"));
        answer["usage"]?.ToJsonString().ShouldBe(usage);
        answer.AsObject().ContainsKey("usage").ShouldBe(form is not (UsageForm.None or UsageForm.PerImage));
        answer["data"]!.AsArray().Select(image => image!["usage"]?["output_tokens"]!.GetValue<long>()).ShouldBe(Enumerable.Repeat(form == UsageForm.PerImage ? 272L : (long?)null, 3));
        simulation.Server.Account.Billed.Single().UsageJson!.ShouldContain("\"output_tokens\":816");
    }
}
