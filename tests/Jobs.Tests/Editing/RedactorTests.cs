using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class RedactorTests
{
    private static readonly Redactor Redactor = new("short", "pa/ss+word=", "token-0123456789", "token-0123456789-longer");

    [Theory]
    [InlineData("a pa/ss+word= b", "a *** b")]
    [InlineData("https://x/?k=pa%2Fss%2Bword%3D&z", "https://x/?k=***&z")]
    [InlineData("token-0123456789-longer, token-0123456789", "***, ***")]
    [InlineData("shortly", "shortly")]
    [InlineData("https://a.blob.core.windows.net/c/b?sv=1&sig=abc", "https://a.blob.core.windows.net/c/b?sv=1&sig=***")]
    [InlineData("\"AccountKey=ab\\u002Bc\\u002F9\\u003D;x\"", "\"AccountKey=***;x\"")]
    [InlineData("Host=db;Password=planted;Username=u", "Host=db;Password=***;Username=u")]
    public void Redact_Text_LosesWhatIsKnownAndWhatLooksLikeASecret(string text, string expected) => Redactor.Redact(text).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("user:")]
    [InlineData("someone:")]
    [InlineData("a@b.example:")]
    public void Redact_Base64WithTheSecret_LosesAllOfIt(string before)
    {
        foreach (var after in (string[])["", "x", "yz", "\n"])
        {
            var base64 = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{before}pa/ss+word={after}"));
            Redactor.Redact($"got <{base64}>").ShouldBe("got <***>");
            Redactor.Redact($"got <{base64.Replace('+', '-').Replace('/', '_').TrimEnd('=')}>").ShouldBe("got <***>");
            SecretScrubber.Scrub($"got <{base64}>", "pa/ss+word=").ShouldBe("got <***>");
        }
    }

    [Fact]
    public void Redact_Error_LosesItEverywhere()
    {
        const string Secret = "token-0123456789";
        var error = new ServiceError(Secret[..5], Secret, $"x {Secret}") { Type = Secret, Param = Secret, DetailsJson = $"{{\"a\":\"{Secret}\"}}" };
        Redactor.Redact(error).ShouldBe(new ServiceError("token", "***", "x ***") { Type = "***", Param = "***", DetailsJson = "{\"a\":\"***\"}" });
    }
}
