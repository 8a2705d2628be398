using Darkroom.Jobs.Editing;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class Base64DecoderTests
{
    [Fact]
    public void TryDecode_AnySplitSpaceAndPadding_GivesTheBytes()
    {
        var property = Prop.ForAll<byte[], int>((bytes, seed) =>
        {
            var random = new Random(seed);
            var text = Convert.ToBase64String(bytes, random.Next(2) == 0 ? Base64FormattingOptions.InsertLineBreaks : Base64FormattingOptions.None);
            if (random.Next(2) == 0) text = text.TrimEnd('=');
            if (random.Next(2) == 0) text = string.Concat(text.Select(c => random.Next(4) == 0 ? $"{c} \t" : c.ToString()));
            Decode(text, random).ShouldBe(bytes);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), property);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("AAA!")]
    [InlineData("AA-A")]
    [InlineData("AAAA=")]
    [InlineData("AAA==")]
    [InlineData("AA===")]
    [InlineData("AA==AA==")]
    [InlineData("=")]
    [InlineData("====")]
    [InlineData("AAA=A")]
    [InlineData("AAAAÿ")]
    public void TryDecode_NoBase64_IsBroken(string text)
    {
        for (var seed = 0; seed < 20; seed++) Decode(text, new Random(seed)).ShouldBeNull();
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("  \n", 0)]
    [InlineData("QQ", 1)]
    [InlineData("QQ=", 1)]
    [InlineData("QQ==", 1)]
    [InlineData("QR==", 1)]
    [InlineData("QUI", 2)]
    [InlineData("QUI = ", 2)]
    [InlineData("QUJD", 3)]
    public void TryFinish_EveryTail_GivesItsBytes(string text, int bytes) => Decode(text, new Random(1)).ShouldBe("ABC"u8[..bytes].ToArray());

    [Fact]
    public void TryDecode_AMegabyteOfSpaceAroundFourCharacters_IsFast()
    {
        var text = string.Concat(new string(' ', 400_000), "Q", new string('\n', 400_000), "UJ", new string('\t', 400_000), "D");
        Decode(text, new Random(1), 65536).ShouldBe("ABC"u8.ToArray());
    }

    private static byte[]? Decode(string text, Random random, int most = 7)
    {
        var decoder = new Base64Decoder();
        var input = System.Text.Encoding.Latin1.GetBytes(text);
        var result = new List<byte>();
        for (var at = 0; at < input.Length;)
        {
            var length = Math.Min(input.Length - at, 1 + random.Next(most));
            var output = new byte[Base64Decoder.OutputFor(length)];
            if (!decoder.TryDecode(input.AsSpan(at, length), output, out var written)) return null;
            result.AddRange(output[..written]);
            at += length;
        }

        var last = new byte[3];
        if (!decoder.TryFinish(last, out var end)) return null;
        result.AddRange(last[..end]);
        return [.. result];
    }
}
