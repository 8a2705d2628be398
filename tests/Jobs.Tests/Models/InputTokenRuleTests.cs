using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Tests.Models;

public sealed class InputTokenRuleTests
{
    private static readonly InputTokenRule Rule = ModelBook.BuiltIn.Find("gpt-image-1").InputTokens!;

    [Fact]
    public void Rule_GptImage1_IsAsPublished() => Rule.ShouldBe(new InputTokenRule(2048, 512, 512, 65, 129, 4160, 6240));

    [Theory]
    [InlineData(1, 1, 65 + 129)]
    [InlineData(512, 512, 65 + 129)]
    [InlineData(1024, 1024, 65 + 129)]
    [InlineData(4096, 4096, 65 + 129)]
    [InlineData(513, 512, 65 + 258)]
    [InlineData(1536, 1024, 65 + 258)]
    [InlineData(1024, 1536, 65 + 258)]
    [InlineData(2048, 1000, 65 + 387)]
    [InlineData(2048, 512, 65 + 516)]
    [InlineData(8000, 100, 65 + 516)]
    [InlineData(100, 8000, 65 + 516)]
    [InlineData(10000, 2500, 65 + 516)]
    [InlineData(600, 10, 65 + 258)]
    public void Tokens_LowFidelity_CountsTiles(int width, int height, long tokens) => Rule.Tokens(new ImageSize(width, height), highFidelity: false).ShouldBe(tokens);

    [Theory]
    [InlineData(1024, 1024, 65 + 129 + 4160)]
    [InlineData(1536, 1024, 65 + 258 + 6240)]
    public void Tokens_HighFidelity_AddsByShape(int width, int height, long tokens) => Rule.Tokens(new ImageSize(width, height), highFidelity: true).ShouldBe(tokens);

    [Fact]
    public void Worst_AnyImage_IsNeverExceeded()
    {
        Rule.Worst(highFidelity: false).ShouldBe(581);
        Rule.Worst(highFidelity: true).ShouldBe(6821);
        for (var width = 1; width < 5000; width += 37)
        {
            for (var height = 1; height < 5000; height += 41) Rule.Tokens(new ImageSize(width, height), highFidelity: true).ShouldBeLessThanOrEqualTo(6821);
        }
    }
}
