using System.Security.Cryptography;
using System.Text;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Images;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Tests.Editing;

namespace Darkroom.Jobs.Tests.Sources;

public sealed class SourceFetcherTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fetch_Picture_LiesInAFileThatGoesWithIt()
    {
        var picture = Pictures.Png(640, 480, 300_000);
        await using var server = new ScriptedServer(FetchWorld.Picture(picture, "ETag: \"0x8D\"\r\nContent-Type: text/html\r\n"));
        var (image, fault) = await FetchWorld.Fetcher(FetchWorld.Allow("127.0.0.1")).FetchAsync(server.Address, Cancel);
        fault.ShouldBeNull();
        using (image)
        {
            (image!.Bytes, image.ETag, image.Header).ShouldBe((300_000, "\"0x8D\"", new ImageHeader("png", 640, 480)));
            image.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(picture)));
            (await File.ReadAllBytesAsync(image.Path, Cancel)).ShouldBe(picture);
            // On Linux it has no name at all (ScratchFileTests); the system's path of an open file may be another file's once it is closed.
            if (OperatingSystem.IsLinux()) image.Path.ShouldStartWith("/proc/self/fd/");
        }

        if (!OperatingSystem.IsLinux()) File.Exists(image.Path).ShouldBeFalse();
    }

    [Fact]
    public async Task Fetch_PngThatClaimsTenBillionPixels_IsRefused()
    {
        await using var server = new ScriptedServer(FetchWorld.Picture(Pictures.Png(100_000, 100_000)));
        (await FetchWorld.FaultAsync(FetchWorld.Fetcher(FetchWorld.Allow("127.0.0.1")), server.Address)).ShouldBe(
            new DownloadFault(DownloadFault.TooLarge, "claims 100000x100000 pixels; at most 100000000 are taken"));
    }

    [Fact]
    public async Task Fetch_PageUnderAnImagesType_IsRefused()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "image/png", "<html>not a picture</html>"));
        (await FetchWorld.FaultAsync(FetchWorld.Fetcher(FetchWorld.Allow("127.0.0.1")), server.Address))!.Code.ShouldBe(DownloadFault.NotImage);
    }

    [Fact]
    public async Task Fetch_LongStreamOfNoPicture_IsGivenUpAtItsHeader()
    {
        long sent = 0;
        await using var server = new ScriptedServer(async (stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nConnection: close\r\n\r\n"u8.ToArray());
            for (; sent < 45_000_000; sent += 100_000) await stream.WriteAsync(new byte[100_000]);
        });
        // Below the bound of bytes, so that it is the header that ends it.
        (await FetchWorld.FaultAsync(FetchWorld.Fetcher(FetchWorld.Allow("127.0.0.1")), server.Address))!.Code.ShouldBe(DownloadFault.NotImage);
        sent.ShouldBeLessThan(45_000_000);
    }

    [Fact]
    public async Task Fetch_JpegWithALongPreview_IsAPicture()
    {
        byte[] preview = [.. new byte[] { 0xFF, 0xE1, 0xFF, 0xFF }, .. new byte[0xFFFD]];
        await using var server = new ScriptedServer(FetchWorld.Picture([0xFF, 0xD8, .. preview, .. preview, 0xFF, 0xC2, 0, 17, 8, 2, 0, 3, 0, 3, 1]));
        (await FetchWorld.FaultAsync(FetchWorld.Fetcher(FetchWorld.Allow("127.0.0.1")), server.Address)).ShouldBeNull();
    }

    [Theory]
    [InlineData("404 Not Found", false)]
    [InlineData("206 Partial", false)]
    [InlineData("503 Busy", true)]
    public async Task Fetch_OtherStatus_IsAFault(string status, bool mayPass)
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer(status, "Content-Length: 0\r\n", []));
        (await FetchWorld.FaultAsync(FetchWorld.Fetcher(FetchWorld.Allow("127.0.0.1")), server.Address)).ShouldBe(
            new DownloadFault(DownloadFault.NotFetched, $"answers with HTTP {status[..3]}", mayPass));
    }

    [Fact]
    public async Task Fetch_BlobWithoutAnAccountConfigured_IsRefused() =>
        (await FetchWorld.FaultAsync(FetchWorld.Fetcher(new SourcesOptions()), "az://account/container/a.png"))!.Code.ShouldBe(DownloadFault.Refused);

    [Fact]
    public async Task Probe_Addresses_AreAskedOnceAndStrongTagsCount()
    {
        await using var server = new ScriptedServer(Head("ETag: \"v1\"\r\n"));
        var versions = new SourceVersions(FetchWorld.Fetcher(FetchWorld.Allow("127.0.0.1")), TimeProvider.System);
        var probes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => versions.ProbeAsync(ImageReference.Url($"{server.Address}a"), Cancel)));
        probes.ShouldAllBe(version => version!.ToString() == "etag:\"v1\"");
        server.Heads.Select(head => head.Split(' ')[0]).ShouldBe(["HEAD"]);
    }

    [Theory]
    [InlineData("ETag: W/\"v1\"\r\n")]
    [InlineData("")]
    public async Task Probe_NoStrongTag_GoesByTheContent(string headers)
    {
        var picture = Pictures.Png();
        await using var server = new ScriptedServer(Head(headers), FetchWorld.Picture(picture), Head(headers), Head(headers));
        var versions = new SourceVersions(FetchWorld.Fetcher(FetchWorld.Allow("127.0.0.1")), TimeProvider.System);

        (await versions.ProbeAsync(ImageReference.Url($"{server.Address}a"), Cancel)).ShouldBe(
            new SourceVersion(SourceVersionKind.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(picture))));
        (await versions.ProbeAsync(ImageReference.Url($"{server.Address}no-picture"), Cancel)).ShouldBeNull();

        server.Heads.Select(head => head.Split(' ')[0]).ShouldBe(["HEAD", "GET", "HEAD", "GET"]);
    }

    [Fact]
    public async Task Probe_InnerAddress_TellsNothing()
    {
        await using var server = new ScriptedServer(Head("ETag: \"v1\"\r\n"));
        (await new SourceVersions(FetchWorld.Fetcher(new SourcesOptions()), TimeProvider.System).ProbeAsync(ImageReference.Url(server.Address), Cancel)).ShouldBeNull();
        server.Heads.ShouldBeEmpty();
    }

    [Fact]
    public async Task Probe_FilesAndDataUrls_AreByTheirBytes()
    {
        var path = Path.Combine(Path.GetTempPath(), $"darkroom-{Guid.NewGuid():N}.png");
        await File.WriteAllBytesAsync(path, "abc"u8.ToArray(), Cancel);
        var versions = new SourceVersions(FetchWorld.Fetcher(new SourcesOptions()), TimeProvider.System);
        const string Hash = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        $"{await versions.ProbeAsync(ImageReference.Local(path), Cancel)}".ShouldBe(Hash);
        $"{await versions.ProbeAsync(ImageReference.Url("data:image/png;base64,YWJj"), Cancel)}".ShouldBe(Hash);
        $"{await versions.ProbeAsync(ImageReference.File("file-1"), Cancel)}".ShouldBe("file:file-1");
        versions.IdentityOf(ImageReference.Url("data:image/jpeg;base64,YWJj")).ShouldBe(Hash);
        File.Delete(path);
        (await versions.ProbeAsync(ImageReference.Local(path), Cancel)).ShouldBeNull();
    }

    [Theory]
    [InlineData("https://a.blob.core.windows.net/c/b.png?sv=2024-01-01&sr=b&sig=x%3D", "https://a.blob.core.windows.net/c/b.png")]
    [InlineData("https://s3.test/b?v=2&X-Amz-Date=1&X-Amz-Signature=y", "https://s3.test/b?v=2")]
    [InlineData("https://cdn.test/b?w=1&Expires=1&Signature=y&Key-Pair-Id=z", "https://cdn.test/b?w=1")]
    [InlineData("https://cdn.test/b?sv=1&Expires=2#x", "https://cdn.test/b?sv=1&Expires=2")]
    [InlineData("https://cdn.test/b", "https://cdn.test/b")]
    public void IdentityOf_Address_IsWithoutItsSignature(string url, string identity) =>
        new SourceVersions(FetchWorld.Fetcher(new SourcesOptions()), TimeProvider.System).IdentityOf(ImageReference.Url(url)).ShouldBe(identity);

    private static Func<System.Net.Sockets.NetworkStream, System.Net.Sockets.Socket, Task> Head(string headers) =>
        ScriptedServer.Answer("200 OK", $"{headers}Content-Length: 100\r\nConnection: close\r\n", Encoding.ASCII.GetBytes(""));
}
