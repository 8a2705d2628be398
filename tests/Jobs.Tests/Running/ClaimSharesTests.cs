using Darkroom.Jobs.Models;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Throttling;
using FsCheck;
using FsCheck.Fluent;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Running;

public sealed class ClaimSharesTests
{
    private const string OtherModel = "dall-e-2";
    private readonly ILimiter _limiter = Substitute.For<ILimiter>();
    private readonly ClaimShares _shares;

    public ClaimSharesTests()
    {
        ModelBook.BuiltIn.Find(OtherModel).LimitsGroup.ShouldNotBe(Claims.Group);
        _limiter.Appetite("").ReturnsForAnyArgs(int.MaxValue);
        _limiter.Appetite("", default!).ReturnsForAnyArgs(int.MaxValue);
        _shares = new ClaimShares(_limiter, ModelBook.BuiltIn);
    }

    [Theory]
    [InlineData(64, 10, 0, 54)]
    [InlineData(64, 100, 90, 54)]
    [InlineData(64, 10, 50, 64)]
    [InlineData(64, 80, 0, -16)]
    public void Free_ItemsThatWaitForALimit_HoldNoPlace(int places, int inFlight, int waiting, int free)
    {
        _limiter.Waiting.Returns(waiting);
        _shares.Free(places, inFlight).ShouldBe(free);
    }

    [Fact]
    public void Share_EqualBatches_AreServedEqually() => Given(30, Batch("a"), Batch("b"), Batch("c")).ShouldBe([10, 10, 10]);

    [Theory]
    [InlineData(9, 5, 17, 16, 1)]
    [InlineData(6, 5, 30, 20, 10)]
    public void Share_Priorities_WeighByDoubling(int high, int low, int free, int first, int second) =>
        Given(free, Batch("a", high), Batch("b", low)).ShouldBe([first, second]);

    [Fact]
    public void Share_WhoHasMoreInFlight_GetsLess() => Given(10, Batch("a", inFlight: 10), Batch("b", inFlight: 2)).ShouldBe([1, 9]);

    [Fact]
    public void Share_GroupThatHasEnoughWaiting_IsLeftOut()
    {
        _limiter.Appetite(Claims.Group).Returns(0);
        var both = Batch("a");
        both.Begin(Claims.Item(batch: "a") with { Model = OtherModel });
        both.End();
        var quota = _shares.Share(10, [both], _ => true).ShouldHaveSingleItem();
        (quota.Items, quota.Without.Single()).ShouldBe((10, Claims.Model));
        // A search through many items isn't made again at once.
        _shares.Share(10, [both], _ => false).ShouldBeEmpty();
    }

    [Fact]
    public void Share_GroupThatWaits_LeavesItsPlacesToOthers()
    {
        _limiter.Appetite(Claims.Group).Returns(3);
        Given(20, Batch("a"), Batch("b", model: OtherModel)).ShouldBe([3, 17]);
    }

    [Fact]
    public void Share_OneGroup_GetsNoMoreThanSoonStartsOverAllItsBatches()
    {
        _limiter.Appetite(Claims.Group).Returns(5);
        Given(100, Batch("a"), Batch("b")).Sum().ShouldBe(5);
    }

    [Fact]
    public void Share_BatchWithCaps_GetsWhatTheyLeave()
    {
        var capped = new PumpBatch("a");
        capped.Update(new WorkableBatch("a", 5, new BatchCaps(6, 1)));
        capped.Begin(Claims.Item(batch: "a"));
        capped.End();
        _limiter.Appetite("a", capped.Caps!).Returns(2);
        Given(20, capped, Batch("b")).ShouldBe([2, 18]);
    }

    [Fact]
    public void Share_UnprovenModel_GetsFewAndLeavesTheRestOfItsGroupToOthers()
    {
        const string Sister = "gpt-image-1.5";
        ModelBook.BuiltIn.Find(Sister).LimitsGroup.ShouldBe(Claims.Group);
        _limiter.UnprovenAppetite(Sister).Returns(8);
        Given(100, Batch("a", model: Sister), Batch("b", model: Sister), Batch("c")).ShouldBe([4, 4, 92]);
    }

    [Fact]
    public void Share_BatchOfUnknownModel_BeginsWithEight() => Given(100, new PumpBatch("a")).ShouldBe([8]);

    [Fact]
    public void Share_NothingFree_IsNothing() => _shares.Share(0, [Batch("a")], _ => true).ShouldBeEmpty();

    [Fact]
    public void Share_AnyBatches_AddUpAndNobodyStarves() =>
        Prop.ForAll(Gen.Choose(0, 9).Zip(Gen.Choose(0, 40)).ArrayOf().Resize(8).Where(batches => batches.Length > 0).Zip(Gen.Choose(1, 500)).ToArbitrary(), world =>
        {
            var (kinds, free) = world;
            var batches = kinds.Select((kind, at) => Batch($"b{at}", kind.Item1, kind.Item2)).ToArray();
            var given = Given(free, batches);
            given.Sum().ShouldBe(free);
            // Nobody with room for one more is passed over while another gets beyond its part: the parts of those served are level.
            var parts = batches.Select((batch, at) => (batch.InFlight + given[at]) / batch.Weight).ToArray();
            for (var at = 0; at < batches.Length; at++)
            {
                if (given[at] > 0) parts.Select((part, other) => part + (1 / batches[other].Weight)).ShouldAllBe(next => next >= parts[at] - 1e-9);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private static PumpBatch Batch(string id, int priority = 5, int inFlight = 0, string model = Claims.Model)
    {
        var batch = new PumpBatch(id);
        batch.Update(new WorkableBatch(id, priority, null));
        for (var item = 0; item <= inFlight; item++) batch.Begin(Claims.Item(item, id) with { Model = model });
        batch.End();
        return batch;
    }

    private int[] Given(int free, params PumpBatch[] batches)
    {
        var quotas = _shares.Share(free, batches, _ => true);
        return [.. batches.Select(batch => quotas.SingleOrDefault(quota => quota.BatchId == batch.BatchId)?.Items ?? 0)];
    }
}
