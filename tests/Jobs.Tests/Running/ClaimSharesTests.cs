using Darkroom.Jobs.Models;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Throttling;
using FsCheck;
using FsCheck.Fluent;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Running;

public sealed class PumpAppetiteTests
{
    private const string OtherModel = "dall-e-2";
    private readonly ILimiter _limiter = Substitute.For<ILimiter>();
    private readonly PumpAppetite _appetite;

    public PumpAppetiteTests()
    {
        ModelBook.BuiltIn.Find(OtherModel).LimitsGroup.ShouldNotBe(Claims.Group);
        _limiter.Appetite("").ReturnsForAnyArgs(int.MaxValue);
        _limiter.Appetite("", default!).ReturnsForAnyArgs(int.MaxValue);
        _appetite = new PumpAppetite(_limiter, ModelBook.BuiltIn);
    }

    [Theory]
    [InlineData(64, 10, 0, 54)]
    [InlineData(64, 100, 90, 54)]
    [InlineData(64, 10, 50, 64)]
    [InlineData(64, 80, 0, -16)]
    public void Free_ItemsThatWaitForALimit_HoldNoPlace(int places, int inFlight, int waiting, int free)
    {
        _limiter.Waiting.Returns(waiting);
        _appetite.Free(places, inFlight).ShouldBe(free);
    }

    [Fact]
    public void Share_EqualBatches_AreServedEqually() => Given(30, Lane("a"), Lane("b"), Lane("c")).ShouldBe([10, 10, 10]);

    [Theory]
    [InlineData(9, 5, 17, 16, 1)]
    [InlineData(6, 5, 30, 20, 10)]
    public void Share_Priorities_WeighByDoubling(int high, int low, int free, int first, int second) =>
        Given(free, Lane("a", high), Lane("b", low)).ShouldBe([first, second]);

    [Fact]
    public void Share_WhoHasMoreInFlight_GetsLess() => Given(10, Lane("a", inFlight: 10), Lane("b", inFlight: 2)).ShouldBe([1, 9]);

    [Fact]
    public void Share_GroupThatHasEnoughWaiting_IsLeftOut()
    {
        _limiter.Appetite(Claims.Group).Returns(0);
        var both = Lane("a");
        both.Begin(Claims.Item(batch: "a") with { Model = OtherModel });
        both.End();
        var quota = _appetite.Share(10, [both], _ => true).ShouldHaveSingleItem();
        (quota.Items, quota.Without.Single()).ShouldBe((10, Claims.Model));
        // A search through many items isn't made again at once.
        _appetite.Share(10, [both], _ => false).ShouldBeEmpty();
    }

    [Fact]
    public void Share_GroupThatWaits_LeavesItsPlacesToOthers()
    {
        _limiter.Appetite(Claims.Group).Returns(3);
        Given(20, Lane("a"), Lane("b", model: OtherModel)).ShouldBe([3, 17]);
    }

    [Fact]
    public void Share_OneGroup_GetsNoMoreThanSoonStartsOverAllItsBatches()
    {
        _limiter.Appetite(Claims.Group).Returns(5);
        Given(100, Lane("a"), Lane("b")).Sum().ShouldBe(5);
    }

    [Fact]
    public void Share_BatchWithCaps_GetsWhatTheyLeave()
    {
        var capped = new PumpLane("a");
        capped.Begin(Claims.Item(batch: "a") with { Caps = new BatchCaps(6, 1) });
        capped.End();
        _limiter.Appetite("a", capped.Caps!).Returns(2);
        Given(20, capped, Lane("b")).ShouldBe([2, 18]);
    }

    [Fact]
    public void Share_UnprovenModel_GetsFewAndLeavesTheRestOfItsGroupToOthers()
    {
        const string Sister = "gpt-image-1.5";
        ModelBook.BuiltIn.Find(Sister).LimitsGroup.ShouldBe(Claims.Group);
        _limiter.UnprovenAppetite(Sister).Returns(8);
        Given(100, Lane("a", model: Sister), Lane("b", model: Sister), Lane("c")).ShouldBe([4, 4, 92]);
    }

    [Fact]
    public void Share_BatchOfUnknownModel_BeginsWithEight() => Given(100, new PumpLane("a")).ShouldBe([8]);

    [Fact]
    public void Share_NothingFree_IsNothing() => _appetite.Share(0, [Lane("a")], _ => true).ShouldBeEmpty();

    [Fact]
    public void Share_AnyLanes_AddUpAndNobodyStarves() =>
        Prop.ForAll(Gen.Choose(0, 9).Zip(Gen.Choose(0, 40)).ArrayOf().Resize(8).Where(lanes => lanes.Length > 0).Zip(Gen.Choose(1, 500)).ToArbitrary(), world =>
        {
            var (kinds, free) = world;
            var lanes = kinds.Select((kind, at) => Lane($"b{at}", kind.Item1, kind.Item2)).ToArray();
            var given = Given(free, lanes);
            given.Sum().ShouldBe(free);
            // Nobody with room for one more is passed over while another gets beyond its part: the parts of those served are level.
            var parts = lanes.Select((lane, at) => (lane.InFlight + given[at]) / lane.Weight).ToArray();
            for (var at = 0; at < lanes.Length; at++)
            {
                if (given[at] > 0) parts.Select((part, other) => part + (1 / lanes[other].Weight)).ShouldAllBe(next => next >= parts[at] - 1e-9);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private static PumpLane Lane(string batch, int priority = 5, int inFlight = 0, string model = Claims.Model)
    {
        var lane = new PumpLane(batch);
        for (var item = 0; item <= inFlight; item++) lane.Begin(Claims.Item(item, batch) with { Priority = priority, Model = model });
        lane.End();
        return lane;
    }

    private int[] Given(int free, params PumpLane[] lanes)
    {
        var quotas = _appetite.Share(free, lanes, _ => true);
        return [.. lanes.Select(lane => quotas.SingleOrDefault(quota => quota.BatchId == lane.BatchId)?.Items ?? 0)];
    }
}
