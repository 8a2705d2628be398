using Darkroom.Benchmarks.Common;

namespace Darkroom.Benchmarks.Pace;

/// <summary>Watches a simulator for a while after some warming up.</summary>
internal static class PaceRun
{
    /// <summary>The time before measuring begins: processes start, connections open.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(12);

    /// <summary>Measures for so long.</summary>
    /// <returns>The share of the allowance used, and the refusals a thousand calls.</returns>
    public static async Task<(double Share, double Refused)> MeasureAsync(SimulatorProcess simulator, int perMinute, TimeSpan time)
    {
        await Task.Delay(WarmUp);
        var (before, from) = (await simulator.AccountAsync(), Now());
        await Task.Delay(time);
        var (after, to) = (await simulator.AccountAsync(), Now());
        var calls = Math.Max(1, after.Requests - before.Requests);
        return (after.Share(from + 1, to, perMinute), (after.Throttled - before.Throttled) * 1000.0 / calls);
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
}
