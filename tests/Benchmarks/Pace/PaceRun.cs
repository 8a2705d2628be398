using Darkroom.Benchmarks.Common;

namespace Darkroom.Benchmarks.Pace;

/// <summary>Watches a simulator for a while after some warming up.</summary>
internal static class PaceRun
{
    /// <summary>Measures for so long.</summary>
    /// <param name="simulator">Who enforces the limit.</param>
    /// <param name="perMinute">The limit.</param>
    /// <param name="warmUp">The time before measuring begins: processes start, connections open, and code that is run often is compiled once more.</param>
    /// <param name="time">How long.</param>
    /// <returns>The share of the allowance used, the refusals a thousand calls, and what the machine did meanwhile.</returns>
    public static async Task<(double Share, double Refused, (double Late99, double Late999, CpuUse Cpu) Machine)> MeasureAsync(SimulatorProcess simulator, int perMinute, TimeSpan warmUp, TimeSpan time)
    {
        await Task.Delay(warmUp);
        var (before, from) = (await simulator.AccountAsync(), Now());
        var watch = MachineWatch.Start();
        await Task.Delay(time);
        var machine = watch.Stop();
        var (after, to) = (await simulator.AccountAsync(), Now());
        var calls = Math.Max(1, after.Requests - before.Requests);
        return (after.Share(from + 1, to, perMinute), (after.Throttled - before.Throttled) * 1000.0 / calls, machine);
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
}
