using System.Diagnostics.Metrics;

namespace Darkroom.Benchmarks.Night;

/// <summary>Counts what this process asks of the database, by the driver's own metrics: a command, or a batch of them in one round trip, is one.</summary>
internal sealed class StatementCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;

    public StatementCount()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Npgsql", Name: "db.client.operation.duration" }) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _count));
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
