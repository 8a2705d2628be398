using System.Globalization;

namespace Darkroom.Benchmarks.Common;

/// <summary>The whole machine's CPU time from <c>/proc/stat</c>, in ticks.</summary>
/// <param name="Busy">Ticks that did something.</param>
/// <param name="All">All ticks.</param>
/// <param name="Waiting">Ticks that waited for a disk.</param>
/// <param name="Stolen">Busy ticks that this machine's host gave to others.</param>
internal sealed record CpuUse(long Busy, long All, long Waiting, long Stolen)
{
    /// <summary>Reads it.</summary>
    public static CpuUse Read()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var (idle, waiting, stolen) = (ticks[3], ticks[4], ticks[7]);
        return new CpuUse(ticks.Sum() - idle - waiting, ticks.Sum(), waiting, stolen);
    }

    /// <summary>What was used since.</summary>
    public CpuUse Since(CpuUse before) => new(Busy - before.Busy, All - before.All, Waiting - before.Waiting, Stolen - before.Stolen);

    /// <summary>The busy share, 0 to 1.</summary>
    public double Share => All == 0 ? 0 : (double)Busy / All;

    /// <summary>The stolen share, 0 to 1.</summary>
    public double StolenShare => All == 0 ? 0 : (double)Stolen / All;
}
