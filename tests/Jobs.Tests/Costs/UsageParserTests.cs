using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Tests.Costs;

public sealed class UsageParserTests
{
    public const string Fixture = """{"input_tokens":268,"input_tokens_details":{"text_tokens":12,"image_tokens":256},"output_tokens":196,"total_tokens":464}""";

    private const string Alphabet = "{}[]\":,0919e-.\\ux \uD800";

    [Theory]
    // Whole.
    [InlineData(Fixture, 12, 256, 0, 196, true, true)]
    [InlineData("""{"input_tokens":30,"input_tokens_details":{"text_tokens":10,"image_tokens":20},"output_tokens":7,"output_tokens_details":{"text_tokens":3,"image_tokens":4},"total_tokens":37}""", 10, 20, 3, 4, true, true)]
    [InlineData("""{"input_tokens":30,"input_tokens_details":{"text_tokens":10,"image_tokens":20},"output_tokens":7}""", 10, 20, 0, 7, true, true)]
    [InlineData("""{"input_tokens":"30","input_tokens_details":{"text_tokens":10.0,"image_tokens":2e1},"output_tokens":7}""", 10, 20, 0, 7, true, true)]
    [InlineData("""{"input_tokens_details":{"text_tokens":10,"image_tokens":20},"output_tokens_details":{"text_tokens":3,"image_tokens":4}}""", 10, 20, 3, 4, true, true)]
    [InlineData("""{"input_tokens":0,"input_tokens_details":{"text_tokens":0,"image_tokens":0},"output_tokens":0,"total_tokens":0}""", 0, 0, 0, 0, false, false)]
    // Something absent: the dearest that it can be.
    [InlineData("""{"input_tokens":268,"output_tokens":196,"total_tokens":464}""", 0, 268, 0, 196, true, true)]
    [InlineData("""{"input_tokens":268,"input_tokens_details":{"text_tokens":12},"output_tokens":196}""", 12, 256, 0, 196, true, true)]
    [InlineData("""{"input_tokens":268,"input_tokens_details":{"image_tokens":256},"output_tokens":196}""", 12, 256, 0, 196, true, true)]
    [InlineData("""{"input_tokens":30,"input_tokens_details":{"text_tokens":10,"image_tokens":20},"output_tokens":7,"output_tokens_details":{"text_tokens":3}}""", 10, 20, 3, 4, true, true)]
    [InlineData("""{"total_tokens":464}""", 0, 0, 0, 464, true, true)]
    [InlineData("""{"input_tokens":268,"total_tokens":464}""", 0, 268, 0, 196, true, true)]
    [InlineData("""{"output_tokens":196,"total_tokens":464}""", 0, 268, 0, 196, true, true)]
    [InlineData("""{"output_tokens":196}""", 0, 0, 0, 196, false, true)]
    // Parts that don't add up stand.
    [InlineData("""{"input_tokens":1000,"input_tokens_details":{"text_tokens":12,"image_tokens":256},"output_tokens":196}""", 12, 256, 0, 196, true, true)]
    [InlineData("""{"input_tokens":268,"input_tokens_details":{"text_tokens":12,"image_tokens":256},"output_tokens":196,"output_tokens_details":{"text_tokens":1,"image_tokens":2}}""", 12, 256, 1, 2, true, true)]
    [InlineData("""{"input_tokens":268,"input_tokens_details":{"text_tokens":12,"image_tokens":256},"output_tokens":196,"total_tokens":1}""", 12, 256, 0, 196, true, true)]
    [InlineData("""{"input_tokens":5,"input_tokens_details":{"text_tokens":12},"output_tokens":196}""", 12, 0, 0, 196, true, true)]
    // The names of chat, with details of either kind; gateways leave the other names at zero.
    [InlineData("""{"prompt_tokens":268,"prompt_tokens_details":{"text_tokens":12,"image_tokens":256,"cached_tokens":0,"audio_tokens":0},"completion_tokens":196,"total_tokens":464}""", 12, 256, 0, 196, true, true)]
    [InlineData("""{"prompt_tokens":268,"prompt_tokens_details":{"text_tokens":12,"image_tokens":256},"completion_tokens":199,"completion_tokens_details":{"text_tokens":3,"image_tokens":196}}""", 12, 256, 3, 196, true, true)]
    [InlineData("""{"prompt_tokens":268,"input_tokens_details":{"text_tokens":12,"image_tokens":256},"completion_tokens":199,"output_tokens_details":{"text_tokens":3,"image_tokens":196}}""", 12, 256, 3, 196, true, true)]
    [InlineData("""{"input_tokens":268,"prompt_tokens_details":{"text_tokens":12,"image_tokens":256},"output_tokens":199,"completion_tokens_details":{"text_tokens":3,"image_tokens":196}}""", 12, 256, 3, 196, true, true)]
    [InlineData("""{"input_tokens":0,"output_tokens":0,"prompt_tokens":268,"completion_tokens":196,"total_tokens":464,"prompt_tokens_details":{"cached_tokens":7},"completion_tokens_details":null}""", 0, 268, 0, 196, true, true)]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":0,"input_tokens":268,"input_tokens_details":{"text_tokens":12,"image_tokens":256},"output_tokens":196}""", 12, 256, 0, 196, true, true)]
    [InlineData("""{"prompt_tokens":268,"completion_tokens":196,"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}""", 0, 268, 0, 196, true, true)]
    // An image came: zero, or text alone, can't be all that came out.
    [InlineData("""{"input_tokens":268,"input_tokens_details":{"text_tokens":12,"image_tokens":256},"output_tokens":0,"total_tokens":268}""", 12, 256, 0, 0, true, false)]
    [InlineData("""{"input_tokens":268,"input_tokens_details":{"text_tokens":12,"image_tokens":256}}""", 12, 256, 0, 0, true, false)]
    [InlineData("""{"input_tokens":268,"output_tokens":0,"total_tokens":464}""", 0, 268, 0, 196, true, true)]
    [InlineData("""{"input_tokens":0,"output_tokens":196}""", 0, 0, 0, 196, false, true)]
    [InlineData("""{"input_tokens":268,"output_tokens":7,"output_tokens_details":{"text_tokens":7,"image_tokens":0}}""", 0, 268, 7, 0, true, false)]
    [InlineData("""{"input_tokens":268,"output_tokens":196,"output_tokens_details":{"text_tokens":196,"image_tokens":null}}""", 0, 268, 0, 196, true, true)]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}""", 0, 0, 0, 0, false, false)]
    [InlineData("""{"image_count":2}""", 0, 0, 0, 0, false, false)]
    [InlineData("""{"input_tokens":268,"output_tokens":196,"images_without_usage":1}""", 0, 268, 0, 196, true, false)]
    // Wrong types.
    [InlineData("""{"input_tokens":-5,"output_tokens":1.5,"total_tokens":true}""", 0, 0, 0, 0, false, false)]
    [InlineData("""{"input_tokens":[1],"output_tokens":{"a":1},"input_tokens_details":7,"output_tokens_details":"x"}""", 0, 0, 0, 0, false, false)]
    [InlineData("""{"input_tokens":1e400,"output_tokens":99999999999999999999999999,"total_tokens":1000000001}""", 0, 0, 0, 0, false, false)]
    [InlineData("""{"output_tokens":"\ud800"}""", 0, 0, 0, 0, false, false)]
    [InlineData("{}", 0, 0, 0, 0, false, false)]
    [InlineData("[]", 0, 0, 0, 0, false, false)]
    [InlineData("null", 0, 0, 0, 0, false, false)]
    [InlineData("{\"output_tokens\":1", 0, 0, 0, 0, false, false)]
    [InlineData("<html>", 0, 0, 0, 0, false, false)]
    [InlineData("  ", 0, 0, 0, 0, false, false)]
    [InlineData(null, 0, 0, 0, 0, false, false)]
    public void Parse_Anything_GivesTheDearestReading(string? json, long inputText, long inputImage, long outputText, long outputImage, bool hasInput, bool hasOutput) =>
        UsageParser.Parse(json).ShouldBe(new ParsedUsage(new TokenUsage(inputText, inputImage, outputText, outputImage), hasInput, hasOutput));

    [Fact]
    public void Parse_TextThatIsNoUnicode_IsNothing() => UsageParser.Parse("{\"output_tokens\":1,\"a\":\"\uD800\"}").IsUsable.ShouldBeFalse();

    [Theory]
    [InlineData("{}", 10, 20, 30, 40)]
    [InlineData("""{"input_tokens":5,"input_tokens_details":{"text_tokens":1,"image_tokens":4}}""", 1, 4, 30, 40)]
    [InlineData("""{"output_tokens":196}""", 10, 20, 0, 196)]
    [InlineData("""{"input_tokens":5,"output_tokens":7,"output_tokens_details":{"text_tokens":7,"image_tokens":0}}""", 0, 5, 30, 40)]
    // One of two images had a usage: never less than that, nor than what both are expected to take.
    [InlineData("""{"input_tokens":5,"output_tokens":7,"images_without_usage":1}""", 0, 5, 30, 40)]
    [InlineData("""{"input_tokens":5,"output_tokens":700,"images_without_usage":1}""", 0, 5, 30, 700)]
    public void FilledBy_WhatIsNotSaid_IsTheEstimates(string json, long inputText, long inputImage, long outputText, long outputImage) =>
        UsageParser.Parse(json).FilledBy(new TokenUsage(10, 20, 30, 40)).ShouldBe(new TokenUsage(inputText, inputImage, outputText, outputImage));

    [Fact]
    public void Parse_DeeplyNested_IsNothing() => UsageParser.Parse(new string('[', 100_000)).ShouldBe(new ParsedUsage(default, HasInput: false, HasOutput: false));

    [Fact]
    public void Parse_TwentyThousandMutations_NeverThrowsAndStaysInRange()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 20_000; round++)
        {
            var text = Fixture.ToCharArray();
            for (var change = random.Next(1, 5); change > 0; change--) text[random.Next(text.Length)] = Alphabet[random.Next(Alphabet.Length)];
            var tokens = UsageParser.Parse(new string(text)).Tokens;
            foreach (var count in new[] { tokens.InputText, tokens.InputImage, tokens.OutputText, tokens.OutputImage }) count.ShouldBeInRange(0, UsageParser.MaxTokens);
        }
    }

    [Fact]
    public void MaxTokens_Constant_IsABillion() => UsageParser.MaxTokens.ShouldBe(1_000_000_000);
}
