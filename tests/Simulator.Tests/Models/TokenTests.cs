using System.Text.Json.Nodes;
using Darkroom.Simulator.Models;

namespace Darkroom.Simulator.Tests.Models;

public sealed class TokenTests
{
    [Theory]
    [InlineData("gpt-image-1", "low", 1024, 1024, 272)]
    [InlineData("gpt-image-1", "medium", 1024, 1536, 1584)]
    [InlineData("gpt-image-1.5", "high", 1536, 1024, 6208)]
    [InlineData("gpt-image-2", "low", 1024, 1024, 196)]
    [InlineData("gpt-image-2", "high", 1024, 1024, 7024)]
    [InlineData("gpt-image-2", "high", 1536, 1024, 5488)]
    [InlineData("gpt-image-2", "high", 1024, 1536, 5488)]
    public void Output_PublishedSize_IsTheTables(string model, string quality, int width, int height, long tokens) =>
        TokenCounter.Output(ModelTraits.Of(model), quality, width, height).ShouldBe(tokens);

    [Theory]
    [InlineData("gpt-image-1", 512, 512, false, 194)]
    [InlineData("gpt-image-1", 1024, 1024, false, 194)]
    [InlineData("gpt-image-1", 1024, 1536, false, 323)]
    [InlineData("gpt-image-1", 4096, 1024, false, 581)]
    [InlineData("gpt-image-1", 1024, 1024, true, 4354)]
    [InlineData("gpt-image-1", 1024, 1536, true, 6563)]
    [InlineData("gpt-image-2", 1024, 1024, false, 256)]
    public void Input_Image_IsCountedInTiles(string model, int width, int height, bool highFidelity, long tokens) =>
        TokenCounter.Input(ModelTraits.Of(model), width, height, highFidelity).ShouldBe(tokens);

    [Fact]
    public async Task Usage_Answer_AddsUp()
    {
        await using var simulation = await Simulation.StartAsync();
        var usage = (await simulation.EditOkAsync(("model", "gpt-image-1"), ("prompt", "12345"), ("n", 3), ("quality", "low")))["usage"]!;
        JsonNode.DeepEquals(usage, JsonNode.Parse(
            """{"input_tokens":196,"input_tokens_details":{"image_tokens":194,"text_tokens":2},"output_tokens":816,"total_tokens":1012}""")).ShouldBeTrue(usage.ToJsonString());
    }

    [Fact]
    public async Task Usage_OutputDetailsAskedFor_AreThere()
    {
        await using var simulation = await Simulation.StartAsync(new() { TokenRules = new() { OutputDetails = true } });
        var usage = (await simulation.EditOkAsync())["usage"]!;
        usage["output_tokens_details"]!["image_tokens"]!.GetValue<long>().ShouldBe(usage["output_tokens"]!.GetValue<long>());
    }
}
