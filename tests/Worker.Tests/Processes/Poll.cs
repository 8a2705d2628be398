using System.Diagnostics;

namespace Darkroom.Worker.Tests.Processes;

/// <summary>Waits for what other processes bring about.</summary>
internal static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static Task UntilAsync(Func<bool> done, string what, TimeSpan? within = null) => UntilAsync(() => Task.FromResult(done()), what, within);

    public static async Task UntilAsync(Func<Task<bool>> done, string what, TimeSpan? within = null)
    {
        var limit = within ?? TimeSpan.FromMinutes(3);
        var watch = Stopwatch.StartNew();
        while (!await done())
        {
            if (watch.Elapsed > limit) throw new TimeoutException($"Waited {limit} for {what}.");
            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }
}
