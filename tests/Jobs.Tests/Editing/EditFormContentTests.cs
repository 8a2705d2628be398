using System.Text;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Sources;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class EditFormContentTests : IDisposable
{
    private static readonly byte[] Png =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 1, 0, 0, 0, 1, 0, 8, 6, 0, 0, 0, .. Answers.Picture(200_000)];

    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC2, 0, 17, 8, 0x02, 0x00, 0x03, 0x00, 3, 1];
    private readonly string _folder = Directory.CreateTempSubdirectory("darkroom-test-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly MemorySink _sink = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Send_OneImage_IsAFormWithTextsAndFile()
    {
        var (body, head) = await SendAsync(
            new EditInput([Local("named.jpg", Png)], null), """{"model":"dall-e-2","n":2,"size":"256x256","user":"u ü","made_up":true,"image":"x","mask":"x"}""");
        var parts = Parts(body, head);
        parts.Select(p => (p.Name, p.Text)).Take(6).ShouldBe(
            [("model", "dall-e-2"), ("prompt", "Say \"hi\"\r\nü"), ("made_up", "true"), ("n", "2"), ("size", "256x256"), ("user", "u ü")]);
        parts.Count.ShouldBe(7);
        (parts[6].Name, parts[6].File, parts[6].Type).ShouldBe(("image", "image.png", "image/png"));
        parts[6].Bytes.ShouldBe(Png);
    }

    [Fact]
    public async Task Send_SeveralImagesOfAllKinds_AreFilesInOrderWithTheTypeOfTheirHeader()
    {
        await using var shop = new ScriptedServer(ScriptedServer.Answer("200 OK", "image/png", Encoding.Latin1.GetString(Jpeg)[..0]), ScriptedServer.Answer("200 OK", $"Content-Length: {Jpeg.Length}\r\n", Jpeg));
        var url = $"data:image/png;base64,{Convert.ToBase64String(Png)}";
        // The first answer of the shop is empty: no image.
        var (refused, _) = await OutcomeAsync(new EditInput([ImageReference.Url($"{shop.Address}a.png?sig=secret")], null));
        refused.ShouldBeOfType<EditOutcome.Rejected>().Error.Code.ShouldBe("source_not_image");
        var (body, head) = await SendAsync(new EditInput([ImageReference.Url(url), ImageReference.Url($"{shop.Address}a.png")], Local("m", Png)), "{}");
        var files = Parts(body, head).Where(p => p.File.Length > 0).ToList();
        files.Select(p => (p.Name, p.File, p.Type)).ShouldBe([("image[]", "image.png", "image/png"), ("image[]", "image.jpeg", "image/jpeg"), ("mask", "mask.png", "image/png")]);
        files[0].Bytes.ShouldBe(Png);
        files[1].Bytes.ShouldBe(Jpeg);
        files[2].Bytes.ShouldBe(Png);
        shop.Heads[1].ShouldStartWith("GET /v1/a.png ");
        shop.Heads[1].ShouldNotContain("sk-test");
    }

    [Fact]
    public async Task Send_OptionNameWithQuotesAndBreaks_StaysInItsHeader()
    {
        var (body, head) = await SendAsync(new EditInput([Local("a", Png)], null), """{"a\"b\r\nX-Evil: 1":"v"}""");
        Parts(body, head).Select(p => p.Name).ShouldContain("a%22b%0D%0AX-Evil: 1");
    }

    [Theory]
    [InlineData("404 Not Found", typeof(EditOutcome.Rejected))]
    [InlineData("503 Busy", typeof(EditOutcome.ServerFailed))]
    [InlineData("429 Slow", typeof(EditOutcome.ServerFailed))]
    public async Task Send_SourceThatDoesNotCome_IsByItsStatusAndNothingIsSent(string status, Type outcome)
    {
        await using var shop = new ScriptedServer(ScriptedServer.Answer(status, "Location: http://127.0.0.1:1/\r\nContent-Length: 0\r\n", []));
        var (came, calls) = await OutcomeAsync(new EditInput([ImageReference.Url($"{shop.Address}a.png?sig=secret")], null));
        came.ShouldBeOfType(outcome);
        (came.ErrorOrNull!.Class, came.ErrorOrNull.Code, calls).ShouldBe((ErrorClasses.Source, "source_not_fetched", 0));
        came.ErrorOrNull.Message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Send_SourceWithoutAServer_MayComeLater()
    {
        var (came, _) = await OutcomeAsync(new EditInput([ImageReference.Url("http://127.0.0.1:1/a.png")], null));
        came.ShouldBeOfType<EditOutcome.ServerFailed>().Error.Code.ShouldBe("source_not_fetched");
    }

    [Fact]
    public async Task Send_SourceWithoutEnd_IsRefusedAtTheBound()
    {
        var sent = 0L;
        await using var shop = new ScriptedServer(async (stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray());
            await stream.WriteAsync(Png);
            for (; sent < 200_000_000; sent += 1_000_000) await stream.WriteAsync(new byte[1_000_000]);
        });
        var (came, _) = await OutcomeAsync(new EditInput([ImageReference.Url($"{shop.Address}a.png")], null));
        came.ShouldBeOfType<EditOutcome.Rejected>().Error.Code.ShouldBe("source_too_large");
        sent.ShouldBeLessThan(200_000_000);
    }

    [Fact]
    public async Task Send_SourceThatIsSilent_IsGivenUp()
    {
        var asked = new TaskCompletionSource();
        await using var shop = new ScriptedServer(async (stream, _) =>
        {
            asked.SetResult();
            // Says nothing until the other side has hung up.
            (await stream.ReadAsync(new byte[1])).ShouldBe(0);
        });
        var sending = OutcomeAsync(new EditInput([ImageReference.Url($"{shop.Address}a.png")], null));
        await asked.Task;
        _time.Advance(new SourcesOptions().IdleTimeout);
        (await sending).Outcome.ShouldBeOfType<EditOutcome.ServerFailed>().Error.Message.ShouldContain("nothing came for 15 s");
    }

    [Theory]
    [InlineData("data:image/png;base64,AAAA", "source_not_image")]
    [InlineData("data:image/png,AAAA", "source_not_image")]
    [InlineData("ftp://x/a.png", "source_refused")]
    [InlineData("http://10.0.0.1/a.png", "source_refused")]
    public async Task Send_UrlThatIsNoImage_IsRejected(string url, string code) =>
        (await OutcomeAsync(new EditInput([ImageReference.Url(url)], null))).Outcome.ShouldBeOfType<EditOutcome.Rejected>().Error.Code.ShouldBe(code);

    [Fact]
    public async Task Send_FileIdOrMissingFile_IsRejected()
    {
        (await OutcomeAsync(new EditInput([ImageReference.File("file-1")], null))).Outcome.ShouldBeOfType<EditOutcome.Rejected>().Error.Code.ShouldBe("source_unusable");
        (await OutcomeAsync(new EditInput([Local("a", Png)], ImageReference.Local("/nowhere/m.png")))).Outcome.ShouldBeOfType<EditOutcome.Rejected>().Error.Code.ShouldBe("source_unreadable");
    }

    private static List<(string Name, string File, string Type, string Text, byte[] Bytes)> Parts(byte[] body, string head)
    {
        var text = Encoding.Latin1.GetString(body);
        var type = head.Split("\r\n").Single(l => l.StartsWith("Content-Type:", StringComparison.Ordinal));
        var boundary = "--" + type[(type.IndexOf("boundary=", StringComparison.Ordinal) + 9)..];
        text.ShouldEndWith($"{boundary}--\r\n");
        return [.. text[..^(boundary.Length + 4)].Split(boundary + "\r\n").Skip(1).Select(part =>
        {
            var split = part.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var content = Encoding.Latin1.GetBytes(part[(split + 4)..^2]);
            return (Between(part, "name=\"", "\""), Between(part, "filename=\"", "\""), Between(part[..split] + "\r\n", "Content-Type: ", "\r\n"), Encoding.UTF8.GetString(content), content);
        })];
    }

    private static string Between(string text, string start, string end)
    {
        var at = text.IndexOf(start, StringComparison.Ordinal);
        return at < 0 ? "" : text[(at + start.Length)..text.IndexOf(end, at + start.Length, StringComparison.Ordinal)];
    }

    private ImageReference Local(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return ImageReference.Local(path);
    }

    private async Task<(byte[] Body, string Head)> SendAsync(EditInput input, string options)
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", Answers.Json(Answers.Picture(100))));
        (await CallAsync(server.Address, input, options)).ShouldBeOfType<EditOutcome.Succeeded>();
        return (server.RawBodies[0], server.Heads[0]);
    }

    private async Task<(EditOutcome Outcome, int Calls)> OutcomeAsync(EditInput input)
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", Answers.Json(Answers.Picture(100))));
        return (await CallAsync(server.Address, input, "{}"), server.Heads.Count);
    }

    private async Task<EditOutcome> CallAsync(string address, EditInput input, string options)
    {
        using var http = new HttpClient(EndpointHandler.Create());
        var sources = new SourceFetcher(Options.Create(new SourcesOptions { AllowedHosts = ["127.0.0.1"] }), new DnsHostResolver(), _time);
        var client = new EditClient(http, Options.Create(new EndpointOptions { BaseUrl = address, ApiKey = "sk-test-key" }), _time, NullLogger<EditClient>.Instance, sources: sources);
        var request = new EditRequest(input, "Say \"hi\"\r\nü", EditOptions.Parse(options)) { Form = RequestForm.Multipart };
        return await client.SendAsync(request, _sink, TestContext.Current.CancellationToken);
    }
}
