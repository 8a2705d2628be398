using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Darkroom.Jobs.Telemetry;

namespace Darkroom.Jobs.Tests.Telemetry;

/// <summary>A meter of one test's own, and what was measured with it.</summary>
internal sealed class Measured : IDisposable
{
    private readonly Meter _meter = new(MetricNames.Source);
    private readonly MeterListener _listener = new();

    public Measured()
    {
        Metrics = new JobMetrics(_meter);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, _meter)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public JobMetrics Metrics { get; }

    /// <summary>Every measurement, such as <c>darkroom.items 1 darkroom.item.state=failed</c>.</summary>
    public ConcurrentQueue<string> All { get; } = new();

    /// <summary>What one instrument measured.</summary>
    public IEnumerable<string> Of(string instrument) => All.Where(line => line.StartsWith(instrument + " ", StringComparison.Ordinal)).Select(line => line[(instrument.Length + 1)..]);

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private void Add<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Join(' ', tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"));
        All.Enqueue(FormattableString.Invariant($"{instrument.Name} {value} {text}").TrimEnd());
    }
}
