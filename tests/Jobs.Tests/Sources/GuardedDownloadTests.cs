using System.IO.Compression;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Tests.Editing;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Sources;

public sealed class GuardedDownloadTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_Redirects_AreFollowedWithoutCookies()
    {
        await using var server = new ScriptedServer(FetchWorld.Redirect("/b"), FetchWorld.Redirect("c?d=e"), FetchWorld.Picture(headers: "ETag: \"v1\"\r\n"));
        var target = new FetchWorld.Target();
        (await FetchWorld.Download(FetchWorld.Allow("127.0.0.1")).GetAsync($"{server.Address}a", FetchWorld.Bounds, target, Cancel)).ShouldBe(("\"v1\"", null));
        target.Bytes.ToArray().ShouldBe(Pictures.Png());
        server.Heads.Select(head => head.Split(' ')[1]).ShouldBe(["/v1/a", "/b", "/c?d=e"]);
        server.Heads.ShouldAllBe(head => !head.Contains("Cookie:"));
    }

    [Fact]
    public async Task Get_RedirectsWithoutEnd_AreFollowedSoOften()
    {
        await using var server = new ScriptedServer([.. Enumerable.Repeat(FetchWorld.Redirect("/again"), 10)]);
        (await FetchWorld.Download(FetchWorld.Allow("127.0.0.1")).GetAsync(server.Address, FetchWorld.Bounds, new FetchWorld.Target(), Cancel)).Fault!.ShouldSatisfyAllConditions(
            fault => fault.Code.ShouldBe(DownloadFault.Refused), fault => fault.Message.ShouldBe("redirects more than 3 times"));
        server.Heads.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Get_BodyWithoutEnd_IsCutAtTheBound()
    {
        long sent = 0;
        await using var server = new ScriptedServer(async (stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray());
            for (; sent < 500_000_000; sent += 100_000) await stream.WriteAsync(new byte[100_000]);
        });
        var target = new FetchWorld.Target();
        (await FetchWorld.Download(FetchWorld.Allow("127.0.0.1")).GetAsync(server.Address, FetchWorld.Bounds, target, Cancel)).Fault!.Code.ShouldBe(DownloadFault.TooLarge);
        target.Bytes.Length.ShouldBeLessThan(1_000_000);
        sent.ShouldBeLessThan(500_000_000);
    }

    [Fact]
    public async Task Get_LengthAboveTheBound_IsRefusedUnread()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "Content-Length: 1000000\r\n", []));
        var target = new FetchWorld.Target();
        (await FetchWorld.Download(FetchWorld.Allow("127.0.0.1")).GetAsync(server.Address, FetchWorld.Bounds, target, Cancel)).Fault!.Code.ShouldBe(DownloadFault.TooLarge);
        target.Bytes.Length.ShouldBe(0);
    }

    [Fact]
    public async Task Get_GzipBomb_IsNeitherAskedForNorUnpacked()
    {
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) await gzip.WriteAsync(new byte[200_000_000], Cancel);
        var bomb = packed.ToArray();
        bomb.Length.ShouldBeLessThan(1_000_000);
        await using var server = new ScriptedServer(FetchWorld.Picture(bomb, "Content-Encoding: gzip\r\nContent-Type: image/png\r\n"));
        var target = new FetchWorld.Target();
        (await FetchWorld.Download(FetchWorld.Allow("127.0.0.1")).GetAsync(server.Address, FetchWorld.Bounds, target, Cancel)).Fault!.Message.ShouldContain("compressed");
        target.Bytes.Length.ShouldBe(0);
        server.Heads[0].ShouldContain("Accept-Encoding: identity");
        server.Heads[0].ShouldContain("User-Agent: darkroom/");
    }

    [Fact]
    public async Task Get_OneByteNowAndThen_EndsWithItsTime()
    {
        var time = new FakeTimeProvider();
        using var next = new SemaphoreSlim(0);
        using var over = new CancellationTokenSource();
        await using var server = new ScriptedServer(async (stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray());
            while (!over.IsCancellationRequested)
            {
                await stream.WriteAsync(new byte[1]);
                await next.WaitAsync(over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
        // Each byte comes ten seconds after the one before, which is never long enough to be silent.
        var target = new FetchWorld.Target(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            next.Release();
            return null;
        });
        var bounds = FetchWorld.Bounds with { Timeout = TimeSpan.FromSeconds(60), IdleTimeout = TimeSpan.FromSeconds(15) };
        var (_, fault) = await FetchWorld.Download(FetchWorld.Allow("127.0.0.1"), time: time).GetAsync(server.Address, bounds, target, Cancel);
        fault!.ShouldSatisfyAllConditions(f => f.Message.ShouldBe("could not be fetched: not within 60 s"), f => f.MayPass.ShouldBeTrue());
        target.Bytes.Length.ShouldBe(6);
        await over.CancelAsync();
    }

    [Fact]
    public async Task Get_HeadersOfTheHost_GoToThatHostAlone()
    {
        await using var other = new ScriptedServer(FetchWorld.Picture());
        await using var server = new ScriptedServer(FetchWorld.Redirect($"http://localhost:{other.Port}/b"));
        var options = FetchWorld.Allow("127.0.0.1", "localhost");
        options.Headers["127.0.0.1"] = new Dictionary<string, string> { ["Authorization"] = "Bearer planted-secret", ["X-Key"] = "planted" };
        (await FetchWorld.Download(options).GetAsync(server.Address, FetchWorld.Bounds, new FetchWorld.Target(), Cancel)).Fault.ShouldBeNull();
        server.Heads[0].ShouldContain("Authorization: Bearer planted-secret");
        server.Heads[0].ShouldContain("X-Key: planted");
        other.Heads[0].ShouldNotContain("planted");
    }

    [Fact]
    public async Task Get_HeadersOfTheHost_DoNotGoOverPlainHttpToAHostThatIsNotTrusted()
    {
        await using var server = new ScriptedServer(FetchWorld.Picture());
        var options = FetchWorld.AllowNetworks("127.0.0.0/8");
        options.Headers["127.0.0.1"] = new Dictionary<string, string> { ["Authorization"] = "Bearer planted-secret" };
        (await FetchWorld.Download(options).GetAsync(server.Address, FetchWorld.Bounds, new FetchWorld.Target(), Cancel)).Fault.ShouldBeNull();
        server.Heads[0].ShouldNotContain("planted");
    }

    [Fact]
    public async Task Get_Canceled_IsAnException()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new ScriptedServer(async (_, _) => await stop.CancelAsync());
        await Should.ThrowAsync<OperationCanceledException>(() =>
            FetchWorld.Download(FetchWorld.Allow("127.0.0.1")).GetAsync(server.Address, FetchWorld.Bounds, new FetchWorld.Target(), stop.Token));
    }
}
