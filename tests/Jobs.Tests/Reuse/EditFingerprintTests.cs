using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Reuse;

namespace Darkroom.Jobs.Tests.Reuse;

public sealed class EditFingerprintTests
{
    private const string Options = """{"model":"gpt-image-2","quality":"high","n":2}""";

    private static readonly ImageReference A = ImageReference.Url("https://shop.example/a.png");
    private static readonly ImageReference B = ImageReference.Url("https://shop.example/b.png");

    [Fact]
    public void Of_Form_IsPersisted() => Of([A, B], A, "On white", Options).ShouldBe(Guid.Parse("610f7538-4b4b-63eb-44df-c12b7aeff6e9"));

    [Theory]
    [InlineData("""{"model":"gpt-image-2","quality":"high","n":2,"user":"u-1"}""")]
    [InlineData("""{"n":2,"quality":"high","model":"gpt-image-2"}""")]
    [InlineData("""{"model":"gpt-image-2","quality":"high","n":2,"stream":true,"partial_images":2}""")]
    public void Of_OptionsThatChangeNoImage_DoNotCount(string options) => Of([A], null, "On white", options).ShouldBe(Of([A], null, "On white", Options));

    [Theory]
    [InlineData("""{"model":"gpt-image-1.5","quality":"high","n":2}""")]
    [InlineData("""{"model":"gpt-image-2","quality":"low","n":2}""")]
    [InlineData("""{"model":"gpt-image-2","quality":"high","n":3}""")]
    [InlineData("""{"model":"gpt-image-2","quality":"high","n":2,"seed":1}""")]
    [InlineData("""{"model":"gpt-image-2","n":2}""")]
    public void Of_OtherOptions_Differ(string options) => Of([A], null, "On white", options).ShouldNotBe(Of([A], null, "On white", Options));

    [Fact]
    public void Of_EveryPart_Counts()
    {
        Guid[] all =
        [
            Of([A], null, "On white"), Of([B], null, "On white"), Of([A], null, "On black"), Of([A, B], null, "On white"), Of([B, A], null, "On white"),
            Of([A], B, "On white"), Of([A], A, "On white"), Of([ImageReference.File("https://shop.example/a.png")], null, "On white"),
            Of([ImageReference.Local("https://shop.example/a.png")], null, "On white"),
        ];
        all.Distinct().Count().ShouldBe(all.Length);
    }

    [Fact]
    public void Of_TextsThatRunIntoEachOther_Differ() =>
        Of([ImageReference.Url("ab"), ImageReference.Url("c")], null, "x").ShouldNotBe(Of([ImageReference.Url("a"), ImageReference.Url("bc")], null, "x"));

    [Fact]
    public void Of_LongTexts_CountToTheLastCharacter()
    {
        var data = "data:image/png;base64," + new string('A', 3_000_000);
        Of([ImageReference.Url(data + "B")], null, "x").ShouldNotBe(Of([ImageReference.Url(data + "C")], null, "x"));
        Of([ImageReference.Url(data + "B")], null, "x").ShouldBe(Of([ImageReference.Url(data + "B")], null, "x"));
    }

    [Fact]
    public void Of_PresignedUrl_TheSignatureDoesNotCount() =>
        Of([ImageReference.Url("https://shop.example/a.png?v=2&X-Amz-Signature=1&X-Amz-Date=2")], null, "x")
            .ShouldBe(Of([ImageReference.Url("https://shop.example/a.png?v=2&X-Amz-Signature=9&X-Amz-Date=8")], null, "x"));

    [Fact]
    public void At_OtherEndpoint_Differs()
    {
        var fingerprint = Of([A], null, "x");
        EditFingerprint.At(fingerprint, "https://one.example/v1").ShouldNotBe(EditFingerprint.At(fingerprint, "https://two.example/v1"));
        EditFingerprint.At(fingerprint, "https://one.example/v1").ShouldBe(EditFingerprint.At(fingerprint, "https://one.example/v1"));
    }

    [Fact]
    public void OfVersions_OrderAndNumber_Count()
    {
        Guid[] all = [EditFingerprint.OfVersions([]), EditFingerprint.OfVersions(["a"]), EditFingerprint.OfVersions(["a", "b"]), EditFingerprint.OfVersions(["b", "a"]), EditFingerprint.OfVersions(["ab"])];
        all.Distinct().Count().ShouldBe(all.Length);
    }

    private static Guid Of(IReadOnlyList<ImageReference> images, ImageReference? mask, string prompt, string options = Options) =>
        EditFingerprint.Of(new EditInput(images, mask), prompt, EditOptions.Parse(options));
}
