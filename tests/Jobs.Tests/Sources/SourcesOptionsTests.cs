using Darkroom.Jobs.Sources;

namespace Darkroom.Jobs.Tests.Sources;

public sealed class SourcesOptionsTests
{
    [Fact]
    public void Defaults_AreShutAndValid()
    {
        var options = new SourcesOptions();
        (options.AllowedNetworks.Count, options.AllowedHosts.Count, options.Headers.Count, options.Azure.Count).ShouldBe((0, 0, 0, 0));
        (options.Timeout, options.IdleTimeout, options.MaxRedirects, options.MaxPixels).ShouldBe((TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(15), 5, 100_000_000L));
        SourcesOptions.Section.ShouldBe("Sources");
        Problems(options).ShouldBeEmpty();
    }

    [Fact]
    public void Validate_EverythingWrong_TellsAllAndNoSecret()
    {
        var options = new SourcesOptions
        {
            AllowedNetworks = ["10.0.0.0/33", "nonsense"],
            AllowedHosts = ["http://x/"],
            Timeout = TimeSpan.Zero,
            IdleTimeout = TimeSpan.FromHours(2),
            MaxRedirects = 21,
            MaxPixels = 0,
        };
        options.Headers["a b"] = new Dictionary<string, string> { ["Host"] = "planted", ["X Y"] = "planted\n" };
        options.Azure["Bad_Name"] = new AzureAccountOptions { Sas = "planted", ConnectionString = "planted" };
        var problems = Problems(options);
        problems.Count.ShouldBe(13);
        problems.ShouldAllBe(problem => problem.StartsWith("Sources:") && !problem.Contains("planted"));
    }

    [Theory]
    [InlineData("az://shop/pics/a/b%20c.png", "shop", "pics", "a/b c.png")]
    [InlineData("https://shop.blob.core.windows.net/$root/a.png", "shop", "$root", "a.png")]
    [InlineData("https://shop.blob.core.windows.net/pics/a.png", "shop", "pics", "a.png")]
    [InlineData("https://shop.blob.core.windows.net/pics/a.png?sig=x", null, null, null)]
    [InlineData("https://shop.blob.core.windows.net.evil.test/pics/a.png", null, null, null)]
    [InlineData("http://shop.blob.core.windows.net/pics/a.png", null, null, null)]
    [InlineData("az://evil.test/pics/a.png", null, null, null)]
    [InlineData("az://shop/pics/../other/a.png", null, null, null)]
    [InlineData("az://shop/pics/%2e%2e/a.png", null, null, null)]
    [InlineData("az://shop/pics/", null, null, null)]
    public void TryParse_BlobAddress_IsWholeOrNone(string url, string? account, string? container, string? blob)
    {
        BlobAddress.TryParse(url, out var address).ShouldBe(account is not null);
        address.ShouldBe(account is null ? null : new BlobAddress(account, container!, blob!));
    }

    private static IReadOnlyList<string> Problems(SourcesOptions options) => [.. new SourcesOptionsValidator().Validate(null, options).Failures ?? []];
}
