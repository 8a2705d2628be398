using System.Net;
using Darkroom.Simulator.Faults;
using Darkroom.Simulator.Models;

namespace Darkroom.Simulator;

/// <summary>How the simulated endpoint behaves. Every default is the quiet case: no limits, no faults, no waiting.</summary>
public sealed record SimulatorOptions
{
    /// <summary>TCP port, 0 to 65,535. Default 0: a free one; see the server's BaseUrl.</summary>
    public int Port { get; init; }

    /// <summary>The address to listen on. Default: loopback.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Images per minute (n counts), at least 1. Default null: no limit.</summary>
    public int? ImagesPerMinute { get; init; }

    /// <summary>Edit calls per minute, at least 1. Default null: no limit.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Edit calls at the same time, at least 1; a further call is refused with slow_down. Default null: no limit.</summary>
    public int? MaxInFlight { get; init; }

    /// <summary>
    /// The window in which the limits hold, above zero up to one minute. Default 60 s: a burst of a whole minute's limit passes.
    /// With one second, 600 per minute are 10 per second. The limit per minute times the window, in minutes, must be at least 1.
    /// </summary>
    public TimeSpan LimitWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether windows follow one another, from the full minute on, as a service's slices do. Default false: the limits hold in every window, wherever it begins,
    /// which is stricter.
    /// </summary>
    public bool LimitSlices { get; init; }

    /// <summary>Whether a 429 carries <c>Retry-After</c> and <c>retry-after-ms</c>. Default true; its text always tells.</summary>
    public bool RetryAfterHeaders { get; init; } = true;

    /// <summary>Whether answers carry <c>x-ratelimit-*</c> headers. Default false: the service's image answers may carry none.</summary>
    public bool RateLimitHeaders { get; init; }

    /// <summary>Mean time that an edit takes, 0 to 10 minutes. Default 0.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How far a call's time strays from the mean, as a share of it, 0 to 1. Default 0.2.</summary>
    public double LatencyJitter { get; init; } = 0.2;

    /// <summary>The share of calls that take four times as long, 0 to 1. Default 0.02.</summary>
    public double LatencyTail { get; init; } = 0.02;

    /// <summary>Everything random follows from this and the order of the requests. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The one key that is taken, as <c>Authorization: Bearer</c> or <c>api-key</c>. Default null: any that isn't empty.</summary>
    public string? ApiKey { get; init; }

    /// <summary>
    /// Words (whole, in any case) that a prompt is refused for. Always on. Default <c>forbidden-word</c> and <c>weapon</c>;
    /// the fault <c>moderation=WORD</c> adds to them.
    /// </summary>
    public IReadOnlyList<string> ModerationWords { get; init; } = ["forbidden-word", "weapon"];

    /// <summary>What goes wrong, and how often. Default: nothing.</summary>
    public SimulatorFaults Faults { get; init; } = SimulatorFaults.None;

    /// <summary>
    /// For benchmarks: the bytes of every image sent, 1,024 to 64 MiB, or as few as a blank picture of the size takes. Such an image is made once for each size
    /// and format and sent again and again.
    /// Default null: every answer is drawn for its request.
    /// </summary>
    public int? OutputBytes { get; init; }

    /// <summary>How usage is counted.</summary>
    public TokenRules TokenRules { get; init; } = new();

    /// <summary>The clock of limits, expiry, latency and the account. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What is wrong with these options, one sentence a problem, each beginning with the option's name; empty when they can be used.</summary>
    public IReadOnlyList<string> FindProblems()
    {
        var problems = new List<string>();
        Check(Port is >= 0 and <= 65_535, $"Port must be 0 to 65535, not {Port}.");
        CheckLimit(nameof(ImagesPerMinute), ImagesPerMinute);
        CheckLimit(nameof(RequestsPerMinute), RequestsPerMinute);
        Check(MaxInFlight is null or >= 1, $"MaxInFlight must be at least 1, not {MaxInFlight}.");
        Check(LimitWindow > TimeSpan.Zero && LimitWindow <= TimeSpan.FromMinutes(1), $"LimitWindow must be above zero and at most one minute, not {LimitWindow}.");
        Check(Latency >= TimeSpan.Zero && Latency <= TimeSpan.FromMinutes(10), $"Latency must be 0 to 10 minutes, not {Latency}.");
        Check(LatencyJitter is >= 0 and <= 1, $"LatencyJitter must be 0 to 1, not {LatencyJitter}.");
        Check(LatencyTail is >= 0 and <= 1, $"LatencyTail must be 0 to 1, not {LatencyTail}.");
        Check(ApiKey is null || ApiKey.Trim().Length > 0, "ApiKey must not be blank; leave it null to take any key.");
        Check(!ModerationWords.Any(string.IsNullOrWhiteSpace), "ModerationWords must not hold a blank word.");
        Check(OutputBytes is null or (>= 1024 and <= 64 << 20), $"OutputBytes must be 1024 to {64 << 20}, not {OutputBytes}.");
        problems.AddRange(TokenRules.FindProblems());
        return problems;

        void CheckLimit(string name, int? limit)
        {
            Check(limit is null or >= 1, $"{name} must be at least 1, not {limit}.");
            if (limit >= 1 && LimitWindow > TimeSpan.Zero && limit * LimitWindow.TotalMinutes < 1)
            {
                problems.Add($"LimitWindow of {LimitWindow.TotalSeconds} s leaves less than one of {name} {limit}; widen the window.");
            }
        }

        void Check(bool fine, string problem)
        {
            if (!fine)
            {
                problems.Add(problem);
            }
        }
    }
}
