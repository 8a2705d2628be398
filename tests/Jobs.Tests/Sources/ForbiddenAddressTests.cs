using System.Net;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Tests.Editing;

namespace Darkroom.Jobs.Tests.Sources;

/// <summary>Every way to an inner address, with a real server there that would have answered.</summary>
public sealed class ForbiddenAddressTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://127.0.0.1:{0}/a.png", "127.0.0.0/8")]
    [InlineData("http://127.1:{0}/a.png", "127.0.0.0/8")]
    [InlineData("http://2130706433:{0}/a.png", "127.0.0.0/8")]
    [InlineData("http://0177.0.0.1:{0}/a.png", "127.0.0.0/8")]
    [InlineData("http://017700000001:{0}/a.png", "127.0.0.0/8")]
    [InlineData("http://0x7f.1:{0}/a.png", "127.0.0.0/8")]
    [InlineData("http://0x7f000001:{0}/a.png", "127.0.0.0/8")]
    [InlineData("http://localhost:{0}/a.png", "127.0.0.0/8")]
    [InlineData("http://0.0.0.0:{0}/a.png", "0.0.0.0/8")]
    [InlineData("http://0:{0}/a.png", "0.0.0.0/8")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/a.png", "::ffff:0:0/96")]
    [InlineData("http://[::ffff:7f00:1]:{0}/a.png", "::ffff:0:0/96")]
    [InlineData("http://[0:0:0:0:0:ffff:127.0.0.1]:{0}/a.png", "::ffff:0:0/96")]
    public async Task Fetch_LoopbackInAnySpelling_IsRefusedUnlessItsNetworkIsAllowed(string form, string network)
    {
        await using var server = new ScriptedServer(FetchWorld.Picture());
        var url = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, server.Port);

        (await FetchWorld.FaultAsync(FetchWorld.Fetcher(new SourcesOptions()), url)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            fault => fault.Code.ShouldBe(DownloadFault.Refused), fault => fault.MayPass.ShouldBeFalse());
        server.Heads.ShouldBeEmpty();
        // The same address does lead there: what refused it was the rule.
        (await FetchWorld.FaultAsync(FetchWorld.Fetcher(FetchWorld.AllowNetworks(network)), url)).ShouldBeNull();
        server.Heads.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/a.png")]
    [InlineData("http://0.0.0.0:{0}/a.png")]
    public async Task Fetch_LoopbackInDisguise_IsRefusedEvenWhereLoopbackIsAllowed(string form)
    {
        await using var server = new ScriptedServer(FetchWorld.Picture());
        var options = new SourcesOptions { AllowedNetworks = ["127.0.0.0/8", "::1/128"], AllowedHosts = ["0.0.0.0", "::ffff:127.0.0.1"] };
        var fault = await FetchWorld.FaultAsync(FetchWorld.Fetcher(options), string.Format(System.Globalization.CultureInfo.InvariantCulture, form, server.Port));
        fault.ShouldNotBeNull().Code.ShouldBe(DownloadFault.Refused);
        server.Heads.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://user:secret@127.0.0.1:{0}/a.png")]
    [InlineData("http://secret@127.0.0.1:{0}/a.png")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/a.png")]
    [InlineData("gopher://127.0.0.1:{0}/")]
    [InlineData("http://%31%32%37.0.0.1:{0}/a.png")]
    [InlineData("a.png")]
    public async Task Fetch_CredentialsOrAnotherScheme_IsRefusedThoughTheHostIsAllowed(string form)
    {
        await using var server = new ScriptedServer(FetchWorld.Picture());
        var fault = await FetchWorld.FaultAsync(FetchWorld.Fetcher(FetchWorld.Allow("127.0.0.1")), string.Format(System.Globalization.CultureInfo.InvariantCulture, form, server.Port));
        fault.ShouldNotBeNull().Code.ShouldBe(DownloadFault.Refused);
        fault.Message.ShouldNotContain("secret");
        server.Heads.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("301 Moved")]
    [InlineData("302 Found")]
    [InlineData("303 See Other")]
    [InlineData("307 Temporary")]
    [InlineData("308 Permanent")]
    public async Task Fetch_RedirectToAnInnerAddress_IsRefusedThere(string status)
    {
        await using var inside = new ScriptedServer(FetchWorld.Picture());
        await using var shop = new ScriptedServer(FetchWorld.Redirect($"http://127.0.0.1:{inside.Port}/secret", status));
        (await FetchWorld.FaultAsync(FetchWorld.Fetcher(FetchWorld.Allow($"127.0.0.1:{shop.Port}")), $"{shop.Address}a.png")).ShouldNotBeNull().Message.ShouldContain("loopback");
        (shop.Heads.Count, inside.Heads.Count).ShouldBe((1, 0));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/", "link-local")]
    [InlineData("http://user:secret@127.0.0.1/", "user name or password")]
    [InlineData("file:///etc/passwd", "neither http nor https")]
    [InlineData("//[::1]/", "loopback")]
    public async Task Fetch_RedirectToWhatIsForbidden_IsRefused(string location, string said)
    {
        await using var shop = new ScriptedServer(FetchWorld.Redirect(location));
        var fault = await FetchWorld.FaultAsync(FetchWorld.Fetcher(FetchWorld.Allow($"127.0.0.1:{shop.Port}")), $"{shop.Address}a.png");
        fault.ShouldNotBeNull().Code.ShouldBe(DownloadFault.Refused);
        fault.Message.ShouldContain(said);
    }

    [Fact]
    public void RedirectFaultOf_FromHttpsToHttp_IsRefusedAndTheOtherWayIsNot()
    {
        Uri plain = new("http://shop.test/a"), secure = new("https://shop.test/a");
        GuardedDownload.RedirectFaultOf(secure, plain).ShouldNotBeNull().ShouldContain("from https to http");
        GuardedDownload.RedirectFaultOf(plain, secure).ShouldBeNull();
        GuardedDownload.RedirectFaultOf(secure, secure).ShouldBeNull();
    }

    [Fact]
    public async Task Get_NameThatAnswersDifferentlyTheSecondTime_IsConnectedWhereItWasChecked()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux has all of 127.0.0.0/8.");
        await using var inside = new ScriptedServer(FetchWorld.Picture());
        await using var shop = new ScriptedServer(new IPEndPoint(IPAddress.Parse("127.0.0.2"), inside.Port), FetchWorld.Picture());
        var resolver = new FetchWorld.ScriptedResolver("127.0.0.2", "127.0.0.1");
        var download = FetchWorld.Download(FetchWorld.AllowNetworks("127.0.0.2/32"), resolver);
        var url = $"http://shop.test:{inside.Port}/a.png";

        (await download.GetAsync(url, FetchWorld.Bounds, new FetchWorld.Target(), Cancel)).Fault.ShouldBeNull();
        (resolver.Asked, shop.Heads.Count, inside.Heads.Count).ShouldBe((1, 1, 0));
        shop.Heads[0].ShouldContain($"Host: shop.test:{inside.Port}");
        // Another connection, and the name now leads inside.
        (await download.GetAsync(url, FetchWorld.Bounds, new FetchWorld.Target(), Cancel)).Fault.ShouldNotBeNull().Code.ShouldBe(DownloadFault.Refused);
        inside.Heads.ShouldBeEmpty();
    }

    [Fact]
    public async Task Get_NameWithOneAddressOutsideAndOneInside_NeverGoesInside()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux has all of 127.0.0.0/8.");
        await using var inside = new ScriptedServer(FetchWorld.Picture());
        await using var shop = new ScriptedServer(new IPEndPoint(IPAddress.Parse("127.0.0.2"), inside.Port), FetchWorld.Picture());
        var download = FetchWorld.Download(FetchWorld.AllowNetworks("127.0.0.2/32"), new FetchWorld.ScriptedResolver("127.0.0.1 127.0.0.2 ::1"));
        (await download.GetAsync($"http://shop.test:{inside.Port}/", FetchWorld.Bounds, new FetchWorld.Target(), Cancel)).Fault.ShouldBeNull();
        (shop.Heads.Count, inside.Heads.Count).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Send_PostThroughTheHandler_IsHeldToTheSameRules()
    {
        await using var inside = new ScriptedServer(FetchWorld.Redirect("http://127.0.0.1:1/"));
        using var shut = new HttpMessageInvoker(new GuardedHandler(new AddressPolicy(new SourcesOptions()), new DnsHostResolver()));
        using var post = new HttpRequestMessage(HttpMethod.Post, inside.Address) { Content = new StringContent("{}") };
        var refused = await Should.ThrowAsync<HttpRequestException>(() => shut.SendAsync(post, Cancel));
        ForbiddenTargetException.Find(refused).ShouldNotBeNull();
        inside.Heads.ShouldBeEmpty();

        using var open = new HttpMessageInvoker(new GuardedHandler(new AddressPolicy(FetchWorld.Allow("127.0.0.1")), new DnsHostResolver()));
        using var again = new HttpRequestMessage(HttpMethod.Post, inside.Address) { Content = new StringContent("{}") };
        using var answer = await open.SendAsync(again, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.Found);
    }
}
