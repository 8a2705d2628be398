using System.Runtime.InteropServices;

namespace Darkroom.Worker.Machine;

/// <summary>Requests to stop: the first asks for a clean stop, the second for one at once. The program's come from SIGINT and SIGTERM.</summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _now = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    /// <summary>Canceled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Canceled by the second signal.</summary>
    public CancellationToken Now => _now.Token;

    /// <summary>Listens to the signals of this process. Only the program itself may: they are the whole process's.</summary>
    public static StopSignals OfProcess()
    {
        var signals = new StopSignals();
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
        {
            signals._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                signals.Raise();
            }));
        }

        return signals;
    }

    /// <summary>Gives one signal.</summary>
    public void Raise()
    {
        if (Interlocked.Increment(ref _signals) == 1) _stop.Cancel();
        else _now.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
        _now.Dispose();
    }
}
