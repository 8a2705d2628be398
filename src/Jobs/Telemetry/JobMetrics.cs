using System.Diagnostics.Metrics;
using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Telemetry;

/// <summary>The instruments; see <see cref="MetricNames"/>. Nothing is kept or sent unless somebody listens.</summary>
public sealed class JobMetrics
{
    // Calls take up to 280 s at high quality, and are given up after ten minutes.
    private static readonly InstrumentAdvice<double> CallSeconds = new() { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 600] };
    private static readonly InstrumentAdvice<double> ShortSeconds = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };
    private static readonly InstrumentAdvice<long> TokenCounts = new() { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144] };

    private readonly Gauge<double> _queueAge;
    private readonly Gauge<long> _queueDue;
    private readonly Gauge<long> _batches;
    private readonly Gauge<long> _processes;

    /// <summary>The instruments of one container.</summary>
    public JobMetrics(IMeterFactory meters) : this(meters.Create(MetricNames.Source))
    {
    }

    /// <summary>The instruments on a meter.</summary>
    public JobMetrics(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        Items = meter.CreateCounter<long>(MetricNames.Items, "{item}", "Items that ended.");
        Attempts = meter.CreateCounter<long>(MetricNames.Attempts, "{call}", "Calls that ended.");
        InFlight = meter.CreateUpDownCounter<long>(MetricNames.InFlight, "{item}", "Items at work.");
        LimiterWait = meter.CreateHistogram(MetricNames.LimiterWait, "s", "Time until the limits let a call start.", tags: null, CallSeconds);
        CallDuration = meter.CreateHistogram(MetricNames.CallDuration, "s", "Time of a call.", tags: null, CallSeconds);
        Tokens = meter.CreateHistogram(MetricNames.Tokens, "{token}", "Tokens of a call.", tags: null, TokenCounts);
        Cost = meter.CreateCounter<double>(MetricNames.Cost, "{USD}", "US dollars booked.");
        LeaseLosses = meter.CreateCounter<long>(MetricNames.LeaseLosses, "{claim}", "Claims lost before their completion.");
        Recoveries = meter.CreateCounter<long>(MetricNames.Recoveries, "{item}", "Items of dead processes that were recovered.");
        StoreDuration = meter.CreateHistogram(MetricNames.StoreDuration, "s", "Time of an operation of the image store.", tags: null, ShortSeconds);
        _queueAge = meter.CreateGauge<double>(MetricNames.QueueAge, "s", "How long the item has waited that waits longest.");
        _queueDue = meter.CreateGauge<long>(MetricNames.QueueDue, "{item}", "Items that could be claimed now.");
        _batches = meter.CreateGauge<long>(MetricNames.Batches, "{batch}", "Batches that haven't ended.");
        _processes = meter.CreateGauge<long>(MetricNames.Processes, "{process}", "Worker processes that live.");
    }

    /// <summary>Whether anybody listens to what <see cref="Record"/> tells; reading the queue costs a statement.</summary>
    public bool WantsQueue => _queueAge.Enabled || _queueDue.Enabled || _batches.Enabled || _processes.Enabled;

    internal Counter<long> Items { get; }

    internal Counter<long> Attempts { get; }

    internal UpDownCounter<long> InFlight { get; }

    internal Histogram<double> LimiterWait { get; }

    internal Histogram<double> CallDuration { get; }

    internal Histogram<long> Tokens { get; }

    internal Counter<double> Cost { get; }

    internal Counter<long> LeaseLosses { get; }

    internal Counter<long> Recoveries { get; }

    internal Histogram<double> StoreDuration { get; }

    /// <summary>Tells what the queue looks like.</summary>
    public void Record(QueueDepth depth)
    {
        ArgumentNullException.ThrowIfNull(depth);
        _queueAge.Record(depth.OldestDue.TotalSeconds);
        _queueDue.Record(depth.Due);
        _processes.Record(depth.Processes);
        // A state that no batch is in any more has to be told, too.
        foreach (var state in Enum.GetValues<BatchState>().Where(state => !state.IsFinal()))
            _batches.Record(depth.Batches.GetValueOrDefault(state), KeyValuePair.Create(MetricNames.BatchState, (object?)state.ToName()));
    }
}
