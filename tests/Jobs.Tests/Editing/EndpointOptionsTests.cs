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
        options.ApiKeyHeader.ShouldBeNull();
        options.KeyHeader.ShouldBe("Authorization");
        options.Azure.UseEntraId.ShouldBeFalse();
        options.UploadSharedFrom.ShouldBe(8);
        options.UploadLifetime.ShouldBe(TimeSpan.FromDays(1));
        options.UploadPurpose.ShouldBe("vision");
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
            UploadSharedFrom = 1,
            UploadLifetime = TimeSpan.FromMinutes(59),
            UploadPurpose = "a b",
        };
        new EndpointOptionsValidator().Validate(null, options).Failures.ShouldBe(
        [
            "Edit:BaseUrl is 'ftp://x': it must be an absolute http or https address.",
            "Edit:ApiKey is '(hidden)': it must be printable ASCII without spaces or line breaks.",
            "Edit:ApiKeyHeader is 'a b': it must be a header's name.",
            "Edit:Timeout is '00:00:00': it must be more than zero and at most a day.",
            "Edit:Model is ' ': it must name a model.",
            "Edit:MaxAnswerBytes is '5': it must be at least 1048576 (1 MiB).",
            "Edit:UploadSharedFrom is '1': it must be 2 to 1000000, or 0 to upload only what is too large to be inlined.",
            "Edit:UploadLifetime is '00:59:00': it must be an hour to 30 days.",
            "Edit:UploadPurpose is 'a b': it must be a purpose such as vision.",
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

    [Theory]
    [InlineData("https://mine.openai.azure.com/openai/v1/", null, "api-key")]
    [InlineData("https://mine.openai.azure.com/openai/deployments/d?api-version=1", null, "api-key")]
    [InlineData("https://mine.OpenAI.Azure.com/openai/v1/", "", "api-key")]
    [InlineData("https://mine.cognitiveservices.azure.com/openai/v1", null, "api-key")]
    [InlineData("https://mine.services.ai.azure.com/openai/v1", null, "api-key")]
    [InlineData("https://mine.openai.azure.com/openai/v1/", "Authorization", "Authorization")]
    [InlineData("https://openai.azure.com.evil.test/v1", null, "Authorization")]
    [InlineData("https://api.openai.com/v1", null, "Authorization")]
    [InlineData("http://127.0.0.1:1/v1", "api-key", "api-key")]
    public void KeyHeader_ByAddress_IsAzuresOrTheUsualOne(string baseUrl, string? given, string header) =>
        new EndpointOptions { BaseUrl = baseUrl, ApiKeyHeader = given }.KeyHeader.ShouldBe(header);

    [Theory]
    [InlineData("http://127.0.0.1:1/v1/", "http://127.0.0.1:1/v1/files")]
    [InlineData("https://mine.openai.azure.com/openai/v1", "https://mine.openai.azure.com/openai/v1/files")]
    [InlineData("https://mine.openai.azure.com/openai/deployments/d?api-version=1", "https://mine.openai.azure.com/openai/files?api-version=1")]
    public void ResolveFiles_BaseUrl_IsTheAccountsNotTheDeployments(string baseUrl, string address) =>
        new EndpointOptions { BaseUrl = baseUrl }.ResolveFiles("files").AbsoluteUri.ShouldBe(address);

    [Theory]
    [InlineData("https://mine.openai.azure.com", "must end with /openai/v1")]
    [InlineData("https://mine.openai.azure.com/openai", "must end with /openai/v1")]
    [InlineData("https://mine.openai.azure.com/openai/deployments/d", "needs ?api-version=VERSION")]
    public void Validate_AzureAddressOfNeitherForm_SaysWhatIsMissing(string baseUrl, string reason) =>
        new EndpointOptionsValidator().Validate(null, new EndpointOptions { BaseUrl = baseUrl }).Failures.ShouldHaveSingleItem().ShouldContain(reason);

    [Theory]
    [InlineData("http://server.test/v1", false)]
    [InlineData("http://127.0.0.1:1/v1", true)]
    [InlineData("https://server.test/v1", true)]
    public void Validate_EntraId_WantsHttpsOrThisMachine(string baseUrl, bool fine) =>
        new EndpointOptionsValidator().Validate(null, new EndpointOptions { BaseUrl = baseUrl, Azure = { UseEntraId = true } }).Succeeded.ShouldBe(fine);
}
