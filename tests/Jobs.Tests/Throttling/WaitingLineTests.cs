using Darkroom.Jobs.Throttling;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class WaitingLineTests
{
    private readonly WaitingLine _line = new();
    private readonly Dictionary<Waiter, string> _batches = [];

    [Fact]
    public void First_OneBatch_KeepsItsOrder()
    {
        var waiters = Enumerable.Range(0, 5).Select(_ => Add("a")).ToList();
        _line.First(10).ShouldBe(waiters);
        _line.First(2).ShouldBe(waiters[..2]);
        _line.Count.ShouldBe(5);
    }

    [Fact]
    public void First_SmallBatchBehindALargeOne_GoesBesideIt()
    {
        for (var call = 0; call < 1000; call++) Add("large");
        Serve(400).ShouldAllBe(batch => batch == "large");
        for (var call = 0; call < 10; call++) Add("small");
        // Its ten are done within twenty and one.
        Serve(21).Count(batch => batch == "small").ShouldBe(10);
    }

    [Theory]
    [InlineData(9, 5, 16)]
    [InlineData(6, 5, 2)]
    [InlineData(1, 0, 2)]
    [InlineData(9, 0, 512)]
    public void First_Priorities_ShareByTheirWeight(int high, int low, int ratio)
    {
        for (var call = 0; call < ratio * 4; call++) Add("high", high);
        for (var call = 0; call < 10; call++) Add("low", low);
        Serve((ratio + 1) * 3).Count(batch => batch == "low").ShouldBeInRange(2, 3);
    }

    [Fact]
    public void First_CallsOfSeveralImages_CountAsMuch()
    {
        for (var call = 0; call < 300; call++)
        {
            Add("four", images: 4);
            Add("one");
        }

        Serve(100).Count(batch => batch == "four").ShouldBeInRange(19, 21);
    }

    [Fact]
    public void Serve_BatchThatPaused_HasNoCreditFromBefore()
    {
        Add("paused");
        for (var call = 0; call < 500; call++) Add("busy");
        Serve(301);
        for (var call = 0; call < 100; call++) Add("paused");
        Serve(100).Count(batch => batch == "paused").ShouldBeInRange(49, 51);
    }

    [Fact]
    public void Serve_LineThatEmptied_ForgetsWhatWasTakenAhead()
    {
        for (var call = 0; call < 50; call++) Add("a");
        Serve(50);
        Add("a");
        Add("b");
        Add("a");
        Serve(3).ShouldBe(["a", "b", "a"]);
    }

    [Fact]
    public void Remove_WhoLeaves_IsNotServed()
    {
        var (first, second) = (Add("a"), Add("a"));
        _line.Remove(first).ShouldBeTrue();
        _line.Remove(first).ShouldBeFalse();
        _line.First(2).ShouldBe([second]);
    }

    [Fact]
    public void Serve_AnyBatches_ShareByWeightAndNobodyStarves() =>
        Prop.ForAll(Gen.Choose(0, 9).ArrayOf().Resize(6).Where(list => list.Length >= 2).ToArbitrary(), priorities =>
        {
            var (line, batches) = (new WaitingLine(), new Dictionary<Waiter, int>());
            var weights = priorities.Select(BatchShares.WeightOf).ToArray();
            const int Rounds = 3000;
            var served = new int[priorities.Length];
            for (var batch = 0; batch < priorities.Length; batch++) Enter(batch);
            for (var round = 0; round < Rounds; round++)
            {
                var next = line.First(1).Single();
                line.Serve(next);
                batches.Remove(next, out var batch).ShouldBeTrue();
                served[batch]++;
                // Each has calls waiting throughout.
                Enter(batch);
            }

            // Nobody is more than one call behind its part, nor ahead by more than what the others' open calls come to.
            served.Sum().ShouldBe(Rounds);
            for (var batch = 0; batch < priorities.Length; batch++)
            {
                var part = weights[batch] / weights.Sum();
                ((double)served[batch]).ShouldBeInRange((Rounds * part) - 1.001, ((Rounds + priorities.Length) * part) + 0.001);
            }

            return true;

            void Enter(int batch) => batches[line.Add(Ticket($"b{batch}", priorities[batch], 1))] = batch;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    private static CallTicket Ticket(string batch, int priority, int images) =>
        new("g", "m", new CallCost(images, 1, 0)) { BatchId = batch, Weight = BatchShares.WeightOf(priority) };

    private Waiter Add(string batch, int priority = 5, int images = 1)
    {
        var waiter = _line.Add(Ticket(batch, priority, images));
        _batches[waiter] = batch;
        return waiter;
    }

    private List<string> Serve(int calls)
    {
        var served = new List<string>();
        for (var call = 0; call < calls; call++)
        {
            var next = _line.First(1).Single();
            _line.Serve(next);
            served.Add(_batches[next]);
        }

        return served;
    }
}
