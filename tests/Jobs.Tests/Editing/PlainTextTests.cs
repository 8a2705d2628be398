using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("a\nb\t\u001b[31m é \u202e", true)]
    [InlineData("a😀b", true)]
    [InlineData("😀😀", true)]
    [InlineData("a\0b", false)]
    [InlineData("\ud83d", false)]
    [InlineData("😀\ud83d", false)]
    [InlineData("\ude00\ud83d", false)]
    [InlineData("\ude00a", false)]
    [InlineData("a\ud83dé", false)]
    public void FaultOf_Text_IsNullWhereItCanBeStored(string text, bool isStorable) => (PlainText.FaultOf(text) is null).ShouldBe(isStorable);

    [Theory]
    [InlineData("plain, é 😀\tx\ny\r\nz", "plain, é 😀\tx\ny\r\nz")]
    [InlineData("\u001b]52;c;aGk=\u0007x", " ]52;c;aGk= x")]
    [InlineData("a\rb\r", "a b ")]
    [InlineData("\u009b31m\u007f\0\b", " 31m   ")]
    [InlineData("a\u202eb\u2066c\u2069", "a b c ")]
    [InlineData("\ud800a\udc00", "\ufffda\ufffd")]
    public void Clean_Text_LosesWhatSteersATerminal(string text, string clean)
    {
        PlainText.Clean(text).ShouldBe(clean);
        PlainText.Clean(clean).ShouldBe(clean);
        // What has only pairs needn't be looked at again by the caller, and isn't changed.
        if (PlainText.IsClean(text)) clean.ShouldBe(text);
    }
}
