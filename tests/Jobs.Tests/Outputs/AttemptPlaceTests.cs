using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Tests.Outputs;

public sealed class AttemptPlaceTests
{
    [Theory]
    [InlineData(1, "png", 0, 0, "b/a-1.partial1.png")]
    [InlineData(1, "jpeg", 2, 1, "b/a-3.partial2.jpg")]
    [InlineData(3, "webp", 0, 2, "b/a-1.3.partial3.webp")]
    public void PartialPathOf_Attempt_IsBesideItsOutput(int attempt, string format, int index, int number, string path) =>
        new AttemptPlace("b", "a", attempt, format).PartialPathOf(index, number).ShouldBe(path);

    [Fact]
    public void PartialPathOf_AnyItem_IsNoOutputOfAnother()
    {
        string[] names = ["a", "a-1", "a-1.partial1", "a-1.partial", "a-1.2", "a-1.2.partial1"];
        var partials = names.SelectMany(n => Places(n).SelectMany(p => Enumerable.Range(0, 3).Select(k => p.PartialPathOf(0, k)))).ToHashSet();
        var outputs = names.SelectMany(n => Places(n).SelectMany(p => Enumerable.Range(0, 10).Select(p.PathOf))).ToHashSet();
        partials.Count.ShouldBe(names.Length * 3 * 3);
        outputs.Overlaps(partials).ShouldBeFalse();
    }

    private static IEnumerable<AttemptPlace> Places(string name) => Enumerable.Range(1, 3).Select(attempt => new AttemptPlace("b", name, attempt, "png"));

    [Theory]
    [InlineData("a", 1, "unreadable/b/a-1.bin")]
    [InlineData("a", 3, "unreadable/b/a-1.3.bin")]
    [InlineData("/shoes/b/a_", 2, "unreadable/shoes/b/a_1.2.bin")]
    public void AsidePathOf_Attempt_BeginsAsItsImagesDoBelowAFolderOfItsOwn(string name, int attempt, string path)
    {
        var place = new AttemptPlace("b", name, attempt, "jpeg");
        place.AsidePathOf(0).ShouldBe(path);
        path.ShouldStartWith(AttemptPlace.AsideRoot + place.Stem);
    }

    [Fact]
    public void InEveryFormat_AskedFor_ComesFirstAndEachPathOnce()
    {
        new AttemptPlace("b", "a", 1, "webp").InEveryFormat.Select(place => place.PathOf(0)).ShouldBe(["b/a-1.webp", "b/a-1.png", "b/a-1.jpg", "b/a-1.gif", "b/a-1.avif"]);
    }
}
