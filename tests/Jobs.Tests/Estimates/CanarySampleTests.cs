using Darkroom.Jobs.Estimates;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Estimates;

public sealed class CanarySampleTests
{
    [Fact]
    public async Task Choose_OneKind_IsSpreadEvenly()
    {
        var estimate = await OfAsync(Enumerable.Repeat(0, 1000));
        var chosen = CanarySample.Choose(estimate, 10).Order().ToList();
        chosen.Count.ShouldBe(10);
        chosen[0].ShouldBe(0);
        chosen.Zip(chosen.Skip(1), (a, b) => b - a).ShouldAllBe(gap => gap >= 50 && gap <= 120);
        chosen[^1].ShouldBeGreaterThan(900);
    }

    [Fact]
    public async Task Choose_RareKind_IsInIt()
    {
        var estimate = await OfAsync(Enumerable.Range(0, 1000).Select(i => i == 777 ? 1 : 0));
        CanarySample.Choose(estimate, 2).ShouldBe([0, 777], ignoreOrder: true);
    }

    [Fact]
    public async Task Choose_FewerThanKinds_TakesTheLargest()
    {
        var estimate = await OfAsync([0, 1, 2, 2, 2, 1]);
        CanarySample.Choose(estimate, 2).ShouldBe([1, 2], ignoreOrder: true);
    }

    [Fact]
    public void Choose_AnyManifest_GivesSoManyDifferentOrdinalsAndEveryKindThatFits() => Prop.ForAll(
        (from kinds in Gen.Choose(0, 5).NonEmptyListOf() from count in Gen.Choose(1, 60) select (Kinds: kinds.ToList(), Count: count)).ToArbitrary(),
        given =>
        {
            var chosen = CanarySample.Choose(OfAsync(given.Kinds).GetAwaiter().GetResult(), given.Count);
            chosen.Count.ShouldBe(Math.Min(given.Count, given.Kinds.Count));
            chosen.ShouldAllBe(ordinal => ordinal >= 0 && ordinal < given.Kinds.Count);
            var all = given.Kinds.Distinct().Count();
            chosen.Select(ordinal => given.Kinds[ordinal]).Distinct().Count().ShouldBe(Math.Min(all, chosen.Count));
        }).QuickCheckThrowOnFailure();

    private static Task<ManifestEstimate> OfAsync(IEnumerable<int> kinds) => Estimating.LinesAsync(
        [.. kinds.Select((kind, i) => Estimating.Row($"i{i}", "{\"model\":\"gpt-image-2\",\"n\":" + (kind + 1) + "}"))]);
}
