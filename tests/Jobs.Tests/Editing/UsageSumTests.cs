using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class UsageSumTests
{
    [Theory]
    [InlineData(null, null, null)]
    [InlineData("""{ "a" : 1 }""", null, """{ "a" : 1 }""")]
    [InlineData(null, """{ "a" : 1 }""", """{ "a" : 1 }""")]
    [InlineData("""{"a":1,"b":{"c":2}}""", """{"a":3,"b":{"c":4,"d":5},"e":6}""", """{"a":4,"b":{"c":6,"d":5},"e":6}""")]
    [InlineData("""{"a":9223372036854775807}""", """{"a":5}""", """{"a":9223372036854775807}""")]
    [InlineData("""{"a":"x","b":1,"c":null}""", """{"a":2,"b":{"y":1},"c":3}""", """{"a":2,"b":{"y":1},"c":3}""")]
    [InlineData("""{"a":1.5,"b":1e400}""", """{"a":1,"b":2}""", """{"a":1,"b":2}""")]
    public void Add_Usages_CountsAddUp(string? earlier, string? later, string? expected) => UsageSum.Add(earlier, later).ShouldBe(expected);

    [Fact]
    public void Add_NameThatIsThereTwice_TakesTheLast() => UsageSum.Add("""{"a":1,"a":2}""", """{"a":3}""").ShouldBe("""{"a":5}""");

    [Theory]
    [InlineData(null, false)]
    [InlineData("{}", false)]
    [InlineData("""{"input_tokens":0,"output_tokens":0.0,"details":{"image_tokens":"0"}}""", false)]
    [InlineData("""{"image_count":3,"tokens_in":[1]}""", false)]
    [InlineData("""{"a\ud800":1,"total_tokens":1}""", false)]
    [InlineData("""{"total_tokens":1}""", true)]
    [InlineData("""{"completion_tokens":"196","completion_tokens":null}""", true)]
    [InlineData("""{"output_tokens":0,"output_tokens_details":{"image_tokens":2e1}}""", true)]
    public void HasTokens_AnyUsage_TellsWhetherAnyIsCounted(string? usage, bool has) => UsageSum.HasTokens(usage).ShouldBe(has);
}
