using Darkroom.Jobs.Reuse;

namespace Darkroom.Jobs.Tests.Reuse;

public sealed class PresignedUrlsTests
{
    [Theory]
    [InlineData("https://a.blob.core.windows.net/c/x.png?sv=2024-01-01&se=2026-11-23&sr=b&sp=r&sig=abc%3D", "https://a.blob.core.windows.net/c/x.png")]
    [InlineData("https://a.blob.core.windows.net/c/x.png?snapshot=1&sv=2024-01-01&sig=abc", "https://a.blob.core.windows.net/c/x.png?snapshot=1")]
    [InlineData("https://s3.example/b/x.png?X-Amz-Algorithm=A&X-Amz-Expires=60&v=3&x-amz-signature=f", "https://s3.example/b/x.png?v=3")]
    [InlineData("https://storage.example/b/x.png?X-Goog-Signature=f#top", "https://storage.example/b/x.png#top")]
    [InlineData("https://shop.example/x.png?se=large&sv=2", "https://shop.example/x.png?se=large&sv=2")]
    [InlineData("https://shop.example/x.png?", "https://shop.example/x.png?")]
    [InlineData("https://shop.example/x.png", "https://shop.example/x.png")]
    [InlineData("data:image/png;base64,AA?sig=1", "data:image/png;base64,AA?sig=1")]
    public void WithoutSignature_Url_LosesOnlyWhatSignsIt(string url, string kept) => PresignedUrls.WithoutSignature(url).ShouldBe(kept);
}
