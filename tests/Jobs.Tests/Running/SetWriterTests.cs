using System.Collections.Concurrent;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace Darkroom.Jobs.Tests.Running;

public sealed class SetWriterTests
{
    private readonly ConcurrentQueue<(int[] Set, TaskCompletionSource<IReadOnlyList<string>> Done)> _writes = new();
    private readonly SemaphoreSlim _begun = new(0);
    private readonly CountedTime _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteAsync_Alone_IsWrittenAtOnce()
    {
        var write = Writer().WriteAsync(1, Cancel);
        var (set, done) = await NextAsync();
        set.ShouldBe([1]);
        done.SetResult(["one"]);
        (await write).ShouldBe("one");
    }

    [Fact]
    public async Task WriteAsync_WhileASetIsWritten_GathersTheNextInOrder()
    {
        var writer = Writer(maxSize: 3);
        var writes = new List<Task<string>> { writer.WriteAsync(0, Cancel) };
        var (_, first) = await NextAsync();
        for (var at = 1; at < 6; at++) writes.Add(writer.WriteAsync(at, Cancel));
        first.SetResult(["r0"]);
        foreach (var expected in new int[][] { [1, 2, 3], [4, 5] })
        {
            var (set, done) = await NextAsync();
            set.ShouldBe(expected);
            done.SetResult([.. set.Select(value => $"r{value}")]);
        }

        (await Task.WhenAll(writes)).ShouldBe(["r0", "r1", "r2", "r3", "r4", "r5"]);
    }

    [Fact]
    public async Task WriteAsync_SoonAfterASet_GathersUntilTimeIsUpOrEnoughHaveCome()
    {
        var writer = Writer(maxSize: 100, interval: TimeSpan.FromHours(1));
        var writes = new List<Task<string>> { writer.WriteAsync(0, Cancel) };
        (await NextAsync()).Done.SetResult(["r0"]);
        await writes[0];
        for (var at = 1; at < 16; at++) writes.Add(writer.WriteAsync(at, Cancel));
        await Task.Delay(TimeSpan.FromMilliseconds(50), Cancel);
        _writes.ShouldBeEmpty();

        writes.Add(writer.WriteAsync(16, Cancel));
        var (set, done) = await NextAsync();
        set.ShouldBe(Enumerable.Range(1, 16));
        done.SetResult([.. set.Select(value => $"r{value}")]);
        await Task.WhenAll(writes);
    }

    [Fact]
    public async Task WriteAsync_SoonAfterASetAndTimeIsUp_IsWritten()
    {
        var writer = Writer(interval: TimeSpan.FromMilliseconds(20));
        Task<string>[] writes = [writer.WriteAsync(0, Cancel), writer.WriteAsync(1, Cancel)];
        for (var written = 0; written < 2;)
        {
            var (set, done) = await NextAsync();
            done.SetResult([.. set.Select(value => $"r{value}")]);
            written += set.Length;
        }

        (await Task.WhenAll(writes)).ShouldBe(["r0", "r1"]);
    }

    [Fact]
    public async Task WriteAsync_Fault_ReachesAllOfTheSetAndNoOther()
    {
        var writer = Writer();
        var first = writer.WriteAsync(0, Cancel);
        var (_, one) = await NextAsync();
        Task<string>[] set = [writer.WriteAsync(1, Cancel), writer.WriteAsync(2, Cancel)];
        one.SetResult(["fine"]);
        (await NextAsync()).Done.SetException(new InvalidDataException("broken"));
        foreach (var write in set) (await Should.ThrowAsync<InvalidDataException>(() => write)).Message.ShouldBe("broken");
        (await first).ShouldBe("fine");
        var later = writer.WriteAsync(3, Cancel);
        (await NextAsync()).Done.SetResult(["later"]);
        (await later).ShouldBe("later");
    }

    [Fact]
    public async Task WriteAsync_TooFewResults_FailsTheRestAndGoesOn()
    {
        var writer = Writer();
        var first = writer.WriteAsync(0, Cancel);
        var (_, one) = await NextAsync();
        Task<string>[] set = [writer.WriteAsync(1, Cancel), writer.WriteAsync(2, Cancel)];
        one.SetResult(["r0"]);
        (await NextAsync()).Done.SetResult(["r1"]);
        (await set[0]).ShouldBe("r1");
        await Should.ThrowAsync<IndexOutOfRangeException>(() => set[1]);
        var later = writer.WriteAsync(3, Cancel);
        (await NextAsync()).Done.SetResult(["later"]);
        (await later).ShouldBe("later");
        await first;
    }

    [Fact]
    public async Task WriteAsync_DatabaseAway_IsWrittenAgainWhenAskedTo()
    {
        var write = Writer(retryFaults: true).WriteAsync(5, Cancel);
        for (var fault = 0; fault < 3; fault++)
        {
            (await NextAsync()).Done.SetException(new AwayException());
            await _time.BegunAsync(fault + 1);
            _time.Advance(TimeSpan.FromMilliseconds(499));
            _begun.CurrentCount.ShouldBe(0);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        (await NextAsync()).Done.SetResult(["at last"]);
        (await write).ShouldBe("at last");
    }

    [Fact]
    public async Task WriteAsync_DatabaseAwayAndNotAskedTo_Fails()
    {
        var write = Writer().WriteAsync(5, Cancel);
        (await NextAsync()).Done.SetException(new AwayException());
        await Should.ThrowAsync<AwayException>(() => write);
    }

    private SetWriter<int, string> Writer(int maxSize = 10, bool retryFaults = false, TimeSpan interval = default) => new(
        (values, _) =>
        {
            var done = new TaskCompletionSource<IReadOnlyList<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
            _writes.Enqueue(([.. values], done));
            _begun.Release();
            return done.Task;
        },
        maxSize, interval, retryFaults, _time, NullLogger.Instance);

    private async Task<(int[] Set, TaskCompletionSource<IReadOnlyList<string>> Done)> NextAsync()
    {
        (await _begun.WaitAsync(TimeSpan.FromSeconds(20), Cancel)).ShouldBeTrue();
        _writes.TryDequeue(out var write).ShouldBeTrue();
        return write;
    }
}
