using System.Collections.Concurrent;
using Darkroom.Jobs.Tests.Running;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class LimiterTests : LimiterTest
{
    [Fact]
    public async Task EnterAsync_Granted_EntersShortlyBeforeItsStart()
    {
        var limiter = Limiter();
        var order = new ConcurrentQueue<int>();
        var began = Time.GetUtcNow();
        var first = EnterAsync(limiter, 1, order);
        var asked = await Store.NextAsync();
        asked.Costs.ShouldBe([new CallCost(1, 0, 0)]);
        Task[] others = [EnterAsync(limiter, 2, order), EnterAsync(limiter, 3, order)];
        asked.Grant(0);
        await first.WaitAsync(Wait.Patience, Cancel);

        var set = await Store.NextAsync();
        set.Costs.ShouldBe([new CallCost(2, 0, 0), new CallCost(3, 0, 0)]);
        (set.Group, set.Process, set.Limits.ImagesPerMinute).ShouldBe(("g", 42, 60));
        set.Grant(1, 2);
        await Wait.UntilAsync(() => limiter.Appetite("g") == 3);
        order.ShouldBe([1]);
        // In steps, since nobody knows when they have looked at the clock: not before their time is what can be told.
        await AdvanceUntilAsync(() => !order.SequenceEqual([1]));
        (Time.GetUtcNow() - began).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1) - StartLead.Least);
        await AdvanceUntilAsync(() => order.Count == 3);
        (Time.GetUtcNow() - began).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2) - StartLead.Least);
        await Task.WhenAll(others);
    }

    [Fact]
    public async Task EnterAsync_NotAllGranted_AsksAgainForTheRestWhenTold()
    {
        var limiter = Limiter();
        var order = new ConcurrentQueue<int>();
        _ = EnterAsync(limiter, 1, order);
        var first = await Store.NextAsync();
        _ = EnterAsync(limiter, 2, order);
        _ = EnterAsync(limiter, 3, order);
        first.Grant(0);
        var second = await Store.NextAsync();
        second.Answer(new StartReservation([TimeSpan.Zero], TimeSpan.FromSeconds(7)));
        await Wait.UntilAsync(() => order.Count == 2);
        Store.Asked.ShouldBe(2);
        await AdvanceUntilAsync(() => Store.Asked >= 3);
        var third = await Store.NextAsync();
        third.Costs.ShouldBe([new CallCost(3, 0, 0)]);
        third.Grant(0);
        await Wait.UntilAsync(() => order.Count == 3);
    }

    [Fact]
    public async Task EnterAsync_CanceledWhileItWaits_LeavesTheQueue()
    {
        var limiter = Limiter();
        var order = new ConcurrentQueue<int>();
        _ = EnterAsync(limiter, 1, order);
        var first = await Store.NextAsync();
        using var stop = new CancellationTokenSource();
        var leaving = limiter.EnterAsync(new CallTicket("g", "m", new CallCost(2, 0, 0)), stop.Token);
        _ = EnterAsync(limiter, 3, order);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => leaving);
        first.Grant(0);
        var second = await Store.NextAsync();
        second.Costs.ShouldBe([new CallCost(3, 0, 0)]);
        second.Grant(0);
        await Wait.UntilAsync(() => order.Count == 2);
    }

    [Fact]
    public async Task EnterAsync_CanceledWhileItsStartIsReserved_GivesThePlaceBack()
    {
        var limiter = Limiter();
        using var stop = new CancellationTokenSource();
        var leaving = limiter.EnterAsync(new CallTicket("g", "m", new CallCost(1, 0, 0)), stop.Token);
        var asked = await Store.NextAsync();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => leaving);
        asked.Grant(0);
        await Wait.UntilAsync(() => Store.Released == 1);
        limiter.Appetite("g").ShouldBe(5);
    }

    [Fact]
    public async Task EnterAsync_CanceledBeforeItsStart_GivesThePlaceBack()
    {
        var limiter = Limiter();
        using var stop = new CancellationTokenSource();
        var leaving = limiter.EnterAsync(new CallTicket("g", "m", new CallCost(1, 0, 0)), stop.Token);
        (await Store.NextAsync()).Grant(30);
        await Wait.UntilAsync(() => limiter.Appetite("g") == 4);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => leaving);
        await Wait.UntilAsync(() => Store.Released == 1);
    }

    [Fact]
    public async Task EnterAsync_CanceledAlready_NeverWaits()
    {
        var limiter = Limiter();
        await Should.ThrowAsync<OperationCanceledException>(() => limiter.EnterAsync(new CallTicket("g", "m", default), new CancellationToken(canceled: true)));
        limiter.Appetite("g").ShouldBe(5);
    }

    [Fact]
    public async Task Dispose_PlaceInFlight_IsGivenBackOnce()
    {
        var limiter = Limiter();
        var entering = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        (await Store.NextAsync()).Grant(0);
        var place = await entering;
        Store.Released.ShouldBe(0);
        await place.DisposeAsync();
        await place.DisposeAsync();
        await Wait.UntilAsync(() => Store.Released == 1);
        var again = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        (await Store.NextAsync()).Grant(0);
        await again;
        Store.Released.ShouldBe(1);
    }

    [Fact]
    public async Task Dispose_WhileTheLastStartIsReserved_IsGivenBackAllTheSame()
    {
        var limiter = Limiter();
        var entering = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        (await Store.NextAsync()).Grant(0);
        var place = await entering;
        var last = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        var asked = await Store.NextAsync();
        await place.DisposeAsync();
        asked.Grant(0);
        await last;
        await Wait.UntilAsync(() => Store.Released == 1);
    }

    [Fact]
    public async Task Dispose_DatabaseAway_IsGivenBackLater()
    {
        var limiter = Limiter();
        var entering = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        (await Store.NextAsync()).Grant(0);
        Store.ReleaseFaults = 3;
        await (await entering).DisposeAsync();
        await AdvanceUntilAsync(() => Store.Released == 1);
    }

    [Fact]
    public async Task Dispose_NothingLimitedInFlight_AsksNothingOfTheStore()
    {
        Limits["g"].MaxInFlight = null;
        var limiter = Limiter();
        var entering = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        (await Store.NextAsync()).Grant(0);
        await (await entering).DisposeAsync();
        Store.Released.ShouldBe(0);
    }

    [Fact]
    public async Task EnterAsync_DatabaseAway_WaitsAndAsksAgain()
    {
        var limiter = Limiter();
        var entering = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        (await Store.NextAsync()).Fail(new AwayException());
        await AdvanceUntilAsync(() => Store.Asked >= 2);
        entering.IsCompleted.ShouldBeFalse();
        (await Store.NextAsync()).Grant(0);
        await entering.WaitAsync(Wait.Patience, Cancel);
    }

    [Fact]
    public async Task EnterAsync_OtherFault_ReachesThoseWhoWait()
    {
        var limiter = Limiter();
        var entering = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        (await Store.NextAsync()).Fail(new InvalidDataException("broken"));
        (await Should.ThrowAsync<InvalidDataException>(() => entering)).Message.ShouldBe("broken");
        var later = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        await AdvanceUntilAsync(() => Store.Asked >= 2);
        (await Store.NextAsync()).Grant(0);
        await later.WaitAsync(Wait.Patience, Cancel);
    }

    [Fact]
    public async Task EnterAsync_AnotherGroup_IsNotHeldUp()
    {
        var limiter = Limiter();
        _ = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        await Store.NextAsync();
        var other = limiter.EnterAsync(new CallTicket("free", "m", default), Cancel);
        var asked = await Store.NextAsync();
        (asked.Group, asked.Limits.ImagesPerMinute).ShouldBe(("free", null));
        asked.Grant(0);
        await other.WaitAsync(Wait.Patience, Cancel);
    }

    [Fact]
    public async Task StartAsync_LaterThanReserved_IsToldToTheStore()
    {
        var limiter = Limiter();
        var entering = limiter.EnterAsync(new CallTicket("g", "m", new CallCost(2, 1, 30)), Cancel);
        var other = limiter.EnterAsync(new CallTicket("g", "m", new CallCost(1, 1, 10)), Cancel);
        (await Store.NextAsync()).Answer(new StartReservation([TimeSpan.Zero], TimeSpan.FromSeconds(0.2)) { PutOff = TimeSpan.FromSeconds(7) });
        var place = await entering.WaitAsync(Wait.Patience, Cancel);
        await AdvanceUntilAsync(() => Store.Asked >= 2);
        // Starts that are apart: a pace.
        (await Store.NextAsync()).Answer(new StartReservation([TimeSpan.FromSeconds(0.01)], TimeSpan.Zero) { PutOff = TimeSpan.FromSeconds(7) });
        await Wait.UntilAsync(() => limiter.Waiting == 0);
        Time.Advance(TimeSpan.FromSeconds(3));
        await place.StartAsync(Cancel);

        await Wait.UntilAsync(() => !Store.Late.IsEmpty);
        var late = Store.Late.ShouldHaveSingleItem();
        (late.Calls, late.Cost).ShouldBe((1, new CallCost(2, 1, 30)));
        // Less what the margin bears: some milliseconds.
        late.Until.ShouldBeGreaterThan(TimeSpan.FromSeconds(9.99));
        await (await other.WaitAsync(Wait.Patience, Cancel)).DisposeAsync();
        await place.DisposeAsync();
    }

    [Fact]
    public async Task StartAsync_LateWithoutAPace_TellsNobody()
    {
        var limiter = Limiter();
        var entering = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        (await Store.NextAsync()).Grant(0);
        await using var place = await entering.WaitAsync(Wait.Patience, Cancel);
        Time.Advance(TimeSpan.FromSeconds(3));
        await place.StartAsync(Cancel);
        var next = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        (await Store.NextAsync()).Grant(0);
        await (await next.WaitAsync(Wait.Patience, Cancel)).DisposeAsync();
        Store.Late.ShouldBeEmpty();
    }

    private static async Task EnterAsync(Limiter limiter, int images, ConcurrentQueue<int> order)
    {
        await limiter.EnterAsync(new CallTicket("g", "m", new CallCost(images, 0, 0)), Cancel);
        order.Enqueue(images);
    }
}
