using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using NSubstitute.Extensions;

namespace Darkroom.Jobs.Tests.Running;

public sealed class WorkerProcessTests
{
    private readonly IProcessStore _store = Substitute.For<IProcessStore>();
    private readonly CountedTime _time = new();
    private int _renewed;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Id_NotRegistered_IsABug() => Should.Throw<InvalidOperationException>(() => Process().Id).Message.ShouldBe("The worker process isn't registered.");

    [Fact]
    public async Task RetireAsync_NotRegistered_DoesNothing()
    {
        await Process().RetireAsync(Cancel);
        await _store.DidNotReceiveWithAnyArgs().RetireAsync(default, Cancel);
    }

    [Fact]
    public async Task RegisterAsync_Always_TakesTheLeaseTime()
    {
        _store.RegisterAsync(takesBatches: true, TimeSpan.FromSeconds(60), Cancel).Returns(7);
        var process = Process();
        await process.RegisterAsync(takesBatches: true, Cancel);
        process.Id.ShouldBe(7);
        await process.RetireAsync(Cancel);
        await _store.Received().RetireAsync(7, Cancel);
    }

    [Fact]
    public async Task RetireAsync_DatabaseAway_LeavesItToTheLease()
    {
        var process = await RegisteredAsync(_ => true);
        _store.RetireAsync(default, default).ReturnsForAnyArgs(_ => throw new AwayException());
        await process.RetireAsync(Cancel);
        await _store.ReceivedWithAnyArgs(1).RetireAsync(default, default);

        _store.Configure().RetireAsync(default, default).ReturnsForAnyArgs(_ => throw new AwayException("42601"));
        await Should.ThrowAsync<AwayException>(() => process.RetireAsync(Cancel));
    }

    [Fact]
    public async Task KeepAliveAsync_Always_RenewsEverySixthOfTheLease()
    {
        var process = await RegisteredAsync(_ => true);
        using var stop = new CancellationTokenSource();
        var alive = process.KeepAliveAsync(stop.Token);
        for (var expected = 1; expected <= 4; expected++)
        {
            await _time.BegunAsync(expected);
            Volatile.Read(ref _renewed).ShouldBe(expected);
            _time.Advance(TimeSpan.FromSeconds(9.9));
            Volatile.Read(ref _renewed).ShouldBe(expected);
            _time.Advance(TimeSpan.FromSeconds(0.1));
        }

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => alive);
    }

    [Fact]
    public async Task KeepAliveAsync_DatabaseAway_TriesAgainSoon()
    {
        var process = await RegisteredAsync(at => at < 3 ? throw new AwayException() : true);
        using var stop = new CancellationTokenSource();
        var alive = process.KeepAliveAsync(stop.Token);
        for (var expected = 1; expected <= 3; expected++)
        {
            await _time.BegunAsync(expected);
            Volatile.Read(ref _renewed).ShouldBe(expected);
            _time.Advance(TimeSpan.FromMilliseconds(500));
        }

        alive.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => alive);
    }

    [Fact]
    public async Task KeepAliveAsync_RowGone_IsAFault()
    {
        var process = await RegisteredAsync(_ => false);
        (await Should.ThrowAsync<InvalidOperationException>(() => process.KeepAliveAsync(Cancel))).Message.ShouldBe("Process 7 isn't in the database any more.");
    }

    private async Task<WorkerProcess> RegisteredAsync(Func<int, bool> renew)
    {
        _store.RegisterAsync(default, default, default).ReturnsForAnyArgs(7);
        _store.RenewAsync(default, default, default).ReturnsForAnyArgs(_ => renew(Interlocked.Increment(ref _renewed)));
        var process = Process();
        await process.RegisterAsync(takesBatches: false, Cancel);
        return process;
    }

    private WorkerProcess Process() =>
        new(_store, Options.Create(new WorkerOptions { LeaseTime = TimeSpan.FromSeconds(60) }), _time, NullLogger<WorkerProcess>.Instance);
}
