using Darkroom.Jobs.Images;

namespace Darkroom.Jobs.Tests.Images;

public sealed class ImageHeaderTests
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 4, 0, 0, 0, 6, 0, 8, 6, 0, 0, 0];
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC2, 0, 17, 8, 0x02, 0x00, 0x03, 0x00, 3, 1];
    private static readonly byte[] WebpExtended =
        [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0x03, 0, 0xFF, 0x01, 0];
    private static readonly byte[] WebpLossless =
        [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8L"u8, 10, 0, 0, 0, 0x2F, 0xFF, 0xC0, 0x7F, 0x00, 0, 0, 0, 0, 0];
    private static readonly byte[] WebpLossy =
        [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8 "u8, 10, 0, 0, 0, 0, 0, 0, 0x9D, 0x01, 0x2A, 0x10, 0x00, 0x20, 0x00];

    public static TheoryData<byte[], string, int, int> Headers => new()
    {
        { Png, "png", 1024, 1536 },
        { Jpeg, "jpeg", 768, 512 },
        { WebpExtended, "webp", 1024, 512 },
        { WebpLossless, "webp", 256, 512 },
        { WebpLossy, "webp", 16, 32 },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void Read_WholeHeader_GivesFormatAndSize(byte[] head, string format, int width, int height) =>
        ImageHeader.Read(head).ShouldBe(new ImageHeader(format, width, height));

    [Theory]
    [MemberData(nameof(Headers))]
    public void Read_EveryPrefix_IsNullOrTheSameAndNeverThrows(byte[] head, string format, int width, int height)
    {
        for (var length = 0; length < head.Length; length++)
            ImageHeader.Read(head.AsSpan(0, length)).ShouldBeOneOf(null, new ImageHeader(format, width, height));
    }

    [Fact]
    public void Read_SomethingElse_IsNull() => ImageHeader.Read("<html><body>not a picture, and long enough</body></html>"u8).ShouldBeNull();
}
