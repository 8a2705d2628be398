using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class SecretScrubberTests
{
    [Theory]
    [InlineData("Incorrect API key provided: sk-proj-ab_c*********xyz9. Look it up.", "Incorrect API key provided: sk-***. Look it up.")]
    [InlineData("Authorization: Bearer eyJhbGciOi.J9-x_y/z+w==, sent", "Authorization: Bearer ***, sent")]
    [InlineData("at https://x.blob.core.windows.net/a.png?sv=1&sig=ab%2Fc%3D&se=2 now", "at https://x.blob.core.windows.net/a.png?sv=1&sig=***&se=2 now")]
    [InlineData("https://s3/a?X-Amz-Signature=0af1&x=1", "https://s3/a?X-Amz-Signature=***&x=1")]
    [InlineData("AccountName=a;AccountKey=abc==;Endpoint=b", "AccountName=a;AccountKey=***;Endpoint=b")]
    [InlineData("https://cdn.example/a.png?token=abc&w=1", "https://cdn.example/a.png?token=***&w=1")]
    [InlineData("https://cdn.example/a.png?w=1&Private-Token=abc#x", "https://cdn.example/a.png?w=1&Private-Token=***#x")]
    [InlineData("https://cdn.example/a.png?key=abc;auth=def", "https://cdn.example/a.png?key=***;auth=***")]
    [InlineData("https://cdn.example/a.png?X-Goog-Signature=a&Key-Pair-Id=b&Policy=c", "https://cdn.example/a.png?X-Goog-Signature=***&Key-Pair-Id=***&Policy=***")]
    [InlineData("https://cdn.example/a.png?subscription-key=a&pwd=b&secret=c&jwt=d", "https://cdn.example/a.png?subscription-key=***&pwd=***&secret=***&jwt=***")]
    [InlineData("https://cdn.example/a.png#access_token=abc", "https://cdn.example/a.png#access_token=***")]
    [InlineData("to=https%3A%2F%2Fcdn%3Ftoken%3Dabc", "to=https%3A%2F%2Fcdn%3Ftoken%3D***")]
    [InlineData("{\"url\":\"https://cdn/a?w=1\\u0026token=a\\u002Bb\"}", "{\"url\":\"https://cdn/a?w=1\\u0026token=***\"}")]
    [InlineData("https://cdn.example/a.png?size=1&tokens=7 and key=7, token=none", "https://cdn.example/a.png?size=1&tokens=7 and key=7, token=none")]
    [InlineData("api-key: 0123456789abcdef end", "api-key: *** end")]
    [InlineData("image 'data:image/png;base64,iVBORw0KGgo=' is bad", "image 'data:***' is bad")]
    [InlineData("\"data:image/svg+xml;charset=utf-8;base64,AAAA\" x", "\"data:***\" x")]
    [InlineData("no postgres://darkroom:hunter2!@db.example/x at http://h:80/a@b", "no postgres://darkroom:***@db.example/x at http://h:80/a@b")]
    [InlineData("nothing to hide: risk-free design=1 data: none", "nothing to hide: risk-free design=1 data: none")]
    public void Scrub_Secret_IsCut(string text, string expected) => SecretScrubber.Scrub(text).ShouldBe(expected);

    [Fact]
    public void Scrub_KnownSecret_IsCutWhereverItStands() => SecretScrubber.Scrub("key=0123456789ab?", "0123456789ab").ShouldBe("key=***?");

    [Fact]
    public void Scrub_LongText_IsShortenedToTheLimitWithoutHalfACharacter()
    {
        var text = SecretScrubber.Scrub(new string('x', 1998) + "😀😀");
        text.Length.ShouldBe(1999);
        text.ShouldEndWith("x…");
        SecretScrubber.Scrub(new string('y', 2000)).Length.ShouldBe(2000);
    }

    [Fact]
    public void Scrub_LongDataUrlBeforeTheWordsThatMatter_KeepsTheWords() =>
        SecretScrubber.Scrub($"bad image data:image/png;base64,{new string('A', 100_000)} (too large)").ShouldBe("bad image data:*** (too large)");

    [Fact]
    public void Scrub_CharactersThatADatabaseRefuses_AreReplaced() => SecretScrubber.Scrub("a\0b\ud800c\u0007d\r\ne").ShouldBe("a b\uFFFDc d\ne");

    [Fact]
    public void Scrub_AnyText_StaysWithinTheLimitAndIsScrubbedOnce()
    {
        var random = new Random(3);
        string[] parts = ["sk-", "data:", ",", ";base64", "sig=", "Bearer ", "\"", "\\", "x", " ", "\ud83d", "\ude00", "&", "=", "a/b+c"];
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => parts[random.Next(parts.Length)]));
            SecretScrubber.Scrub(text).Length.ShouldBeLessThanOrEqualTo(SecretScrubber.MaxLength);
        }
    }
}
