using System.Diagnostics;

namespace Darkroom.Benchmarks.Common;

/// <summary>
/// What the machine itself does to whoever wants to be in time: a bare thread that sleeps for 10 ms again and again, and how late it wakes. No process on the same
/// machine can be more exact than that, so it belongs beside every figure that hangs on milliseconds.
/// </summary>
internal sealed class MachineWatch
{
    private static readonly TimeSpan Sleep = TimeSpan.FromMilliseconds(10);
    private readonly List<double> _late = [];
    private readonly CpuUse _before = CpuUse.Read();
    private readonly Thread _thread;
    private volatile bool _stopped;

    private MachineWatch()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "Machine watch" };
        _thread.Start();
    }

    /// <summary>Begins to watch.</summary>
    public static MachineWatch Start() => new();

    /// <summary>Ends it.</summary>
    /// <returns>Milliseconds that the thread woke late, at the 99th percentile and the 99.9th; and what was used of the CPU meanwhile.</returns>
    public (double Late99, double Late999, CpuUse Cpu) Stop()
    {
        _stopped = true;
        _thread.Join();
        _late.Sort();
        return (At(0.99), At(0.999), CpuUse.Read().Since(_before));
    }

    private double At(double part) => _late.Count == 0 ? 0 : _late[Math.Min(_late.Count - 1, (int)(part * _late.Count))];

    private void Run()
    {
        while (!_stopped)
        {
            var since = Stopwatch.GetTimestamp();
            Thread.Sleep(Sleep);
            _late.Add((Stopwatch.GetElapsedTime(since) - Sleep).TotalMilliseconds);
        }
    }
}
