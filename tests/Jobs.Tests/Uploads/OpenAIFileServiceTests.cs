using System.Text;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Tests.Editing;
using Darkroom.Jobs.Uploads;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Uploads;

public sealed class OpenAIFileServiceTests
{
    private static readonly byte[] Picture = Answers.Picture(200_000);
    private static readonly SourceKey Key = new("e", new string('a', 64));
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task UploadAsync_Answered_SendsPurposeLifetimeAndBytesAndTellsTheFile()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", """{"id":"file-9","object":"file","expires_at":1795392000}"""));
        var (file, failure) = await UploadAsync(server.Address, o => o.ApiKey = "sk-test-key");
        failure.ShouldBeNull();
        file.ShouldBe(new UploadedFile(Key, "file-9", DateTimeOffset.FromUnixTimeSeconds(1795392000)));
        server.Heads[0].ShouldStartWith("POST /v1/files HTTP/1.1\r\n");
        server.Heads[0].ShouldContain("Authorization: Bearer sk-test-key");
        var text = Encoding.Latin1.GetString(server.RawBodies[0]);
        text.ShouldContain("name=\"purpose\"\r\n\r\nvision\r\n");
        text.ShouldContain("name=\"expires_after[anchor]\"\r\n\r\ncreated_at\r\n");
        text.ShouldContain("name=\"expires_after[seconds]\"\r\n\r\n86400\r\n");
        text.ShouldContain("filename=image.png");
        text.ShouldContain("Content-Type: image/png");
        text.ShouldContain(Encoding.Latin1.GetString(Picture));
    }

    [Fact]
    public async Task UploadAsync_NoEndTold_TakesTheOneThatWasAsked()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", """{"id":"file-9"}"""));
        (await UploadAsync(server.Address, o => o.UploadLifetime = TimeSpan.FromHours(2))).File!.ExpiresAt.ShouldBe(_time.GetUtcNow() + TimeSpan.FromHours(2));
        server.Heads[0].ShouldNotContain("Authorization");
    }

    [Fact]
    public async Task UploadAsync_AzureDeployment_GoesToTheAccountsFilesWithItsKeyHeader()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", """{"id":"assistant-9"}"""));
        var (file, _) = await UploadAsync(
            server.Address.Replace("/v1/", "/openai/deployments/d?api-version=2025-04-01-preview", StringComparison.Ordinal),
            o => (o.ApiKey, o.ApiKeyHeader, o.UploadPurpose) = ("k123", "api-key", "assistants"));
        file!.FileId.ShouldBe("assistant-9");
        server.Heads[0].ShouldStartWith("POST /openai/files?api-version=2025-04-01-preview HTTP/1.1\r\n");
        server.Heads[0].ShouldContain("api-key: k123");
        server.Heads[0].ShouldNotContain("Authorization");
    }

    [Theory]
    [InlineData("400 Bad Request", """{"error":{"message":"no","code":"invalid_value"}}""", typeof(EditOutcome.Rejected))]
    [InlineData("403 Forbidden", """{"error":{"message":"no files for you"}}""", typeof(EditOutcome.Rejected))]
    [InlineData("404 Not Found", "<html>", typeof(EditOutcome.Rejected))]
    [InlineData("401 Unauthorized", """{"error":{"message":"who"}}""", typeof(EditOutcome.Halted))]
    [InlineData("429 Too Many", """{"error":{"message":"slow","code":"rate_limit_exceeded"}}""", typeof(EditOutcome.Throttled))]
    [InlineData("503 Busy", "", typeof(EditOutcome.ServerFailed))]
    [InlineData("200 OK", "<html>", typeof(EditOutcome.ServerFailed))]
    [InlineData("200 OK", """{"object":"file"}""", typeof(EditOutcome.ServerFailed))]
    public async Task UploadAsync_Refused_IsAnOutcome(string status, string body, Type outcome)
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer(status, "application/json", body));
        var (file, failure) = await UploadAsync(server.Address);
        file.ShouldBeNull();
        failure.ShouldBeOfType(outcome);
        server.Heads.Count.ShouldBe(1, "nothing is tried again here");
    }

    [Fact]
    public async Task UploadAsync_RetryAfter_IsTold()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("429 Slow", "Retry-After: 7\r\nContent-Length: 0\r\n", []));
        (await UploadAsync(server.Address)).Failure.ShouldBeOfType<EditOutcome.Throttled>().RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task UploadAsync_NobodyThereOrBrokenOff_IsNotSent()
    {
        (await UploadAsync("http://127.0.0.1:1/v1")).Failure.ShouldBeOfType<EditOutcome.NotSent>();
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "Content-Length: 500\r\n", "{\"id\""u8.ToArray()));
        (await UploadAsync(server.Address)).Failure.ShouldBeOfType<EditOutcome.NotSent>();
    }

    [Fact]
    public async Task UploadAsync_NoToken_IsNotSent()
    {
        var credential = Substitute.For<IEndpointCredential>();
        credential.GetHeaderAsync(default).ReturnsForAnyArgs<ValueTask<EndpointHeader?>>(_ => throw new EndpointCredentialException("no account", new InvalidOperationException()));
        (await UploadAsync("http://127.0.0.1:1/v1", credential: credential)).Failure.ShouldBeOfType<EditOutcome.NotSent>().Error.Code.ShouldBe("no_token");
    }

    [Theory]
    [InlineData("200 OK", """{"id":"file-9","deleted":true}""", true)]
    [InlineData("404 Not Found", """{"error":{"message":"No such File object","code":"not_found"}}""", true)]
    [InlineData("500 Oops", "", false)]
    public async Task DeleteAsync_File_IsGoneOrNot(string status, string body, bool gone)
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer(status, "application/json", body));
        using var http = new HttpClient(EndpointHandler.Create());
        ((await Service(http, server.Address).DeleteAsync("file-9", TestContext.Current.CancellationToken)) is null).ShouldBe(gone);
        server.Heads[0].ShouldStartWith("DELETE /v1/files/file-9 ");
    }

    [Fact]
    public void Endpoint_Options_NamesAddressPurposeAndKey()
    {
        using var http = new HttpClient(EndpointHandler.Create());
        Service(http, "https://x.test/v1/?api-version=1").Endpoint.ShouldBe("https://x.test/v1#vision@none");
        var one = Service(http, "https://x.test/v1", options => options.ApiKey = "sk-one").Endpoint;
        one.ShouldStartWith("https://x.test/v1#vision@sha256:");
        one.ShouldNotBe(Service(http, "https://x.test/v1", options => options.ApiKey = "sk-two").Endpoint);
        one.ShouldNotContain("sk-one");
    }

    private OpenAIFileService Service(HttpClient http, string address, Action<EndpointOptions>? change = null, IEndpointCredential? credential = null)
    {
        var options = new EndpointOptions { BaseUrl = address };
        change?.Invoke(options);
        return new OpenAIFileService(http, Options.Create(options), credential ?? new EndpointKey(Options.Create(options)), LimitScope.Of(options, account: null), _time, NullLogger<OpenAIFileService>.Instance);
    }

    private async Task<(UploadedFile? File, EditOutcome? Failure)> UploadAsync(string address, Action<EndpointOptions>? change = null, IEndpointCredential? credential = null)
    {
        using var http = new HttpClient(EndpointHandler.Create());
        using var content = new MemoryStream(Picture);
        return await Service(http, address, change, credential).UploadAsync(content, Key, "image/png", TestContext.Current.CancellationToken);
    }
}
