using System.Buffers.Binary;
using Darkroom.Jobs.Images;
using Darkroom.Jobs.Tests.Editing;

namespace Darkroom.Jobs.Tests.Images;

public sealed class ImageSnifferTests
{
    private static readonly byte[] Jpeg =
    [
        0xFF, 0xD8, 0xFF, 0xE1, 0, 10, 0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 0xFF, 0xD9, // A thumbnail's end within metadata is not the picture's.
        0xFF, 0xFF, 0xC0, 0, 11, 8, 0, 2, 0, 3, 1, 1, 0x11, 0,
        0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 0xFF, 0, 3, 0xFF, 0xD0, 4, 0xFF, 0xD9,
    ];

    private static readonly byte[] Gif =
    [
        .. "GIF89a"u8, 3, 0, 2, 0, 0x80, 0, 0, 1, 2, 3, 4, 5, 6, 0x21, 0xF9, 4, 0, 0, 0, 0, 0,
        0x2C, 0, 0, 0, 0, 3, 0, 2, 0, 0, 2, 2, 0x3B, 0x3B, 0, 0x3B,
    ];

    public static TheoryData<string, byte[]> Whole => new()
    {
        { "png 256 256", Answers.Picture(300) },
        { "jpeg 3 2", Jpeg },
        { "gif 3 2", Gif },
        { "webp 3 2", Webp("VP8L", [0x2F, .. Bits(2 | (1 << 14)), 7, 7, 7]) },
        { "webp 3 2", Webp("VP8 ", [0, 0, 0, 0x9D, 0x01, 0x2A, 3, 0, 2, 0, 7]) },
        { "avif  ", [0, 0, 0, 20, .. "ftypavif"u8, 0, 0, 0, 0, .. "mif1"u8, 0, 0, 0, 8, .. "meta"u8, 0, 0, 0, 12, .. "mdat"u8, 1, 2, 3, 4] },
    };

    [Theory]
    [MemberData(nameof(Whole))]
    public void Take_WholeImageCutAnywhere_IsThatImageAndNoPrefixOfItIs(string expected, byte[] file)
    {
        for (var piece = 1; piece < 20; piece++)
        {
            var sniffer = new ImageSniffer();
            for (var at = 0; at < file.Length; at += piece)
            {
                sniffer.IsWhole.ShouldBeFalse($"{at} of {file.Length} bytes");
                sniffer.Take(file.AsSpan(at, Math.Min(piece, file.Length - at)));
            }

            sniffer.IsWhole.ShouldBeTrue(sniffer.Description);
            $"{sniffer.Format} {sniffer.Width} {sniffer.Height}".ShouldBe(expected);
        }
    }

    [Theory]
    [MemberData(nameof(Whole))]
    public void Take_BytesBehindTheEnd_ChangeNothing(string expected, byte[] file)
    {
        var sniffer = Sniff([.. file, 0, 0, 0, 0]);
        sniffer.IsWhole.ShouldBeTrue(sniffer.Description);
        sniffer.Format.ShouldBe(expected.Split(' ')[0]);
    }

    [Fact]
    public void Take_JpegWithMegabytesOfMetadata_HasItsSize()
    {
        byte[] segment = [0xFF, 0xE2, 0xFF, 0xFF, .. new byte[0xFFFD]];
        var sniffer = Sniff([.. Jpeg[..2], .. Enumerable.Repeat(segment, 80).SelectMany(bytes => bytes), .. Jpeg[2..]]);
        (sniffer.Format, sniffer.Width, sniffer.Height, sniffer.IsWhole).ShouldBe(("jpeg", 3, 2, true));
    }

    public static TheoryData<string, byte[]> Others => new()
    {
        { "an empty file", [] },
        { "a text", "Sorry, I can't help with that."u8.ToArray() },
        { "a text", [.. Enumerable.Repeat("ä"u8.ToArray(), 700).SelectMany(letter => letter)] },
        { "a JSON text, perhaps a server's error message", "\uFEFF  {\"error\":\"no\"}"u8.ToArray() },
        { "an HTML page, such as a login or an error page", "<!doctype HTML><title>x</title>"u8.ToArray() },
        { "an HTML page, such as a login or an error page", "<html><svg></svg></html>"u8.ToArray() },
        { "an SVG drawing", "<!-- made by hand --><svg xmlns='http://www.w3.org/2000/svg'></svg>"u8.ToArray() },
        { "an XML document, perhaps a server's error message", "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"u8.ToArray() },
        { "a PDF document", "%PDF-1.7 and so on"u8.ToArray() },
        { "a TIFF image or a camera's raw file", "II*\0abcdefgh"u8.ToArray() },
        { "a HEIC image, as iPhones take them", [0, 0, 0, 20, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1"u8] },
        { "a file of another kind", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] },
        { "a PNG header without a picture behind it", Answers.PngHead(0)[..33] },
        { "a PNG header without a picture behind it", [.. Answers.PngHead(0)[..33], .. Answers.PngEnd[4..]] },
        { "a PNG header without a picture behind it", Answers.PngHead(9, width: 0) },
        { "a PNG image that breaks off", Answers.Picture(300)[..250] },
        { "a JPEG header without a picture behind it", Jpeg[..20] },
        { "a JPEG image that breaks off", Jpeg[..^2] },
        { "a WebP header without a picture behind it", Webp("VP8X", [0, 0, 0, 0, 2, 0, 0, 1, 0, 0]) },
        { "a WebP image that breaks off", Webp("VP8L", [0x2F, .. Bits(0), 7, 7, 7])[..^2] },
        { "a GIF image that breaks off", Gif[..^1] },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Description_WhatIsNoWholeImage_SaysWhatItIs(string description, byte[] file)
    {
        var sniffer = Sniff(file);
        sniffer.Description.ShouldBe(description);
        sniffer.IsWhole.ShouldBeFalse();
    }

    [Fact]
    public void Take_Noise_NeverThrowsAndIsNoWholeImage()
    {
        var random = new Random(5);
        foreach (var (_, file) in Whole.Select(row => row.Data))
        {
            for (var round = 0; round < 300; round++)
            {
                var noise = new byte[random.Next(12, 300)];
                random.NextBytes(noise);
                file.AsSpan(0, 12).CopyTo(noise);
                Sniff(noise).Description.ShouldNotBeEmpty();
            }
        }
    }

    private static ImageSniffer Sniff(byte[] file)
    {
        var sniffer = new ImageSniffer();
        sniffer.Take(file);
        return sniffer;
    }

    private static byte[] Webp(string type, byte[] data)
    {
        byte[] padded = data.Length % 2 == 0 ? data : [.. data, 0];
        return [.. "RIFF"u8, .. Bits(12 + padded.Length), .. "WEBP"u8, .. System.Text.Encoding.ASCII.GetBytes(type), .. Bits(data.Length), .. padded];
    }

    private static byte[] Bits(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
