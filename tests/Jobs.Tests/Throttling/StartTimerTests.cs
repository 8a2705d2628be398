using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class StartTimerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UntilAsync_ManyAtOnce_NeverEarly()
    {
        var timer = new StartTimer(TimeProvider.System);
        var now = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
        {
            var stamp = now + (TimeProvider.System.TimestampFrequency * number / 2000);
            await timer.UntilAsync(stamp, Cancel);
            TimeProvider.System.GetTimestamp().ShouldBeGreaterThanOrEqualTo(stamp);
        })).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task UntilAsync_AfterItWasIdle_WaitsAgain()
    {
        var timer = new StartTimer(TimeProvider.System);
        for (var times = 0; times < 3; times++)
            await timer.UntilAsync(TimeProvider.System.GetTimestamp() + (TimeProvider.System.TimestampFrequency / 200), Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public void UntilAsync_Past_IsNow() => new StartTimer(TimeProvider.System).UntilAsync(TimeProvider.System.GetTimestamp(), Cancel).IsCompletedSuccessfully.ShouldBeTrue();

    [Fact]
    public async Task UntilAsync_ClockOfATest_IsThatClock()
    {
        var time = new FakeTimeProvider();
        var waiting = new StartTimer(time).UntilAsync(time.GetTimestamp() + time.TimestampFrequency, Cancel);
        time.Advance(TimeSpan.FromSeconds(0.999));
        waiting.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(0.001));
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task UntilAsync_Canceled_Ends()
    {
        using var canceled = new CancellationTokenSource();
        var waiting = new StartTimer(TimeProvider.System).UntilAsync(TimeProvider.System.GetTimestamp() + (TimeProvider.System.TimestampFrequency * 1000), canceled.Token);
        await canceled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }
}
