using Darkroom.Jobs.Manifests.Planning;

namespace Darkroom.Jobs.Tests.Manifests;

public sealed class CanonicalFormTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("caf\u00e9", "cafe\u0301")]
    [InlineData("\u212b", "A\u030a")]
    [InlineData("\u1ead", "a\u0323\u0302")]
    [InlineData("a\u0302\u0323", "a\u0323\u0302")]
    [InlineData("\u00e2\u0323", "a\u0323\u0302")]
    [InlineData("a\u0301\u0300", "a\u0301\u0300")]
    [InlineData("\uac00\uac01", "\u1100\u1161\u1100\u1161\u11a8")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("ﬁ☕", "ﬁ☕")]
    public void Decompose_Text_IsTheStandardsForm(string text, string decomposed)
    {
        CanonicalForm.Decompose(text).ShouldBe(decomposed, StringCompareShould.IgnoreLineEndings);
        CanonicalForm.Decompose(decomposed).ShouldBe(decomposed, StringCompareShould.IgnoreLineEndings);
    }
}
