using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class EndpointOptionsTests
{
    [Fact]
    public void Defaults_AreTheDocumentedOnes()
    {
        var options = new EndpointOptions();
        options.BaseUrl.ShouldBe("https://api.openai.com/v1");
        options.ApiKey.ShouldBeNull();
        options.ApiKeyHeader.ShouldBe("Authorization");
        options.Timeout.ShouldBe(TimeSpan.FromSeconds(600));
        options.Model.ShouldBe("gpt-image-2");
        options.MaxAnswerBytes.ShouldBe(536_870_912);
        EndpointOptions.Section.ShouldBe("Edit");
        new EndpointOptionsValidator().Validate(null, options).Succeeded.ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1/images/edits")]
    [InlineData("http://127.0.0.1:1/v1/", "http://127.0.0.1:1/v1/images/edits")]
    [InlineData("http://127.0.0.1:1", "http://127.0.0.1:1/images/edits")]
    [InlineData("http://127.0.0.1:1/", "http://127.0.0.1:1/images/edits")]
    [InlineData("https://localhost/openai/deployments/D?api-version=1", "https://localhost/openai/deployments/D/images/edits?api-version=1")]
    public void Resolve_BaseUrl_IsJoined(string baseUrl, string address) => new EndpointOptions { BaseUrl = baseUrl }.Resolve("images/edits").AbsoluteUri.ShouldBe(address);

    [Fact]
    public void ToString_WithKey_HidesIt() => new EndpointOptions { ApiKey = "sk-secret" }.ToString().ShouldNotContain("secret");

    [Fact]
    public void Validate_EverythingWrong_NamesKeyValueAndReasonOfEach()
    {
        var options = new EndpointOptions
        {
            BaseUrl = "ftp://x",
            ApiKey = "sk secret",
            ApiKeyHeader = "a b",
            Timeout = TimeSpan.Zero,
            Model = " ",
            MaxAnswerBytes = 5,
        };
        new EndpointOptionsValidator().Validate(null, options).Failures.ShouldBe(
        [
            "Edit:BaseUrl is 'ftp://x': it must be an absolute http or https address.",
            "Edit:ApiKey is '(hidden)': it must be printable ASCII without spaces or line breaks.",
            "Edit:ApiKeyHeader is 'a b': it must be a header's name.",
            "Edit:Timeout is '00:00:00': it must be more than zero and at most a day.",
            "Edit:Model is ' ': it must name a model.",
            "Edit:MaxAnswerBytes is '5': it must be at least 1048576 (1 MiB).",
        ]);
    }

    [Theory]
    [InlineData("/v1")]
    [InlineData("api.openai.com/v1")]
    [InlineData("")]
    [InlineData("http://me:pw@localhost/v1")]
    public void Validate_BadBaseUrl_FailsWithoutTellingAPassword(string baseUrl)
    {
        var result = new EndpointOptionsValidator().Validate(null, new EndpointOptions { BaseUrl = baseUrl });
        result.Failed.ShouldBeTrue();
        result.FailureMessage.ShouldContain("Edit:BaseUrl");
        result.FailureMessage.ShouldNotContain("pw");
    }
}
