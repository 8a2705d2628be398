using System.Globalization;

namespace Darkroom.Benchmarks.Scale;

/// <summary>The whole machine's CPU time from <c>/proc/stat</c>, in ticks.</summary>
/// <param name="Busy">Ticks that did something.</param>
/// <param name="All">All ticks.</param>
/// <param name="Waiting">Ticks that waited for a disk.</param>
internal sealed record CpuUse(long Busy, long All, long Waiting)
{
    /// <summary>Reads it.</summary>
    public static CpuUse Read()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var (idle, waiting) = (ticks[3], ticks[4]);
        return new CpuUse(ticks.Sum() - idle - waiting, ticks.Sum(), waiting);
    }

    /// <summary>What was used since.</summary>
    public CpuUse Since(CpuUse before) => new(Busy - before.Busy, All - before.All, Waiting - before.Waiting);

    /// <summary>The busy share, 0 to 1.</summary>
    public double Share => All == 0 ? 0 : (double)Busy / All;
}
