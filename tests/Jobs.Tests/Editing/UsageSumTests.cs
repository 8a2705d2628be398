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
}
