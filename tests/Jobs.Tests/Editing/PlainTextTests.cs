using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class PlainTextTests
{
    // In no attribute: those are kept as UTF-8, which has no half pairs.
    [Fact]
    public void FaultOf_Text_IsNullWhereItCanBeStored()
    {
        foreach (var good in new[] { "", "a\nb\t\u001b[31m é \u202e", "a😀b", "😀😀" }) PlainText.FaultOf(good).ShouldBeNull(good);
        foreach (var bad in new[] { "a\0b", "\ud83d", "😀\ud83d", "\ude00\ud83d", "\ude00a", "a\ud83dé", "\ud83d\ud83d\ude00" }) PlainText.FaultOf(bad).ShouldNotBeNull();
    }

    [Fact]
    public void Clean_HalfPairs_AreReplaced() => PlainText.Clean("\ud800a\udc00").ShouldBe("\ufffda\ufffd");

    [Theory]
    [InlineData("plain, é 😀\tx\ny\r\nz", "plain, é 😀\tx\ny\r\nz")]
    [InlineData("\u001b]52;c;aGk=\u0007x", " ]52;c;aGk= x")]
    [InlineData("a\rb\r", "a b ")]
    [InlineData("\u009b31m\u007f\0\b", " 31m   ")]
    [InlineData("a\u202eb\u2066c\u2069", "a b c ")]
    public void Clean_Text_LosesWhatSteersATerminal(string text, string clean)
    {
        PlainText.Clean(text).ShouldBe(clean);
        PlainText.Clean(clean).ShouldBe(clean);
        if (PlainText.IsClean(text)) clean.ShouldBe(text);
    }
}
