using System.ComponentModel.DataAnnotations;

namespace Darkroom.Jobs.Throttling;

/// <summary>The limits of one limits group. What is null isn't limited, but for what <see cref="Tier"/> gives and what the service tells.</summary>
public sealed class GroupLimits
{
    /// <summary>The account's tier, 1 to 5: its published limits stand in for those that aren't set (<see cref="LimitTiers"/>).</summary>
    [Range(1, 5)]
    public int? Tier { get; set; }

    /// <summary>Calls a minute.</summary>
    [Range(0.001, 10_000_000)]
    public double? RequestsPerMinute { get; set; }

    /// <summary>Images asked for a minute; n counts.</summary>
    [Range(0.001, 10_000_000)]
    public double? ImagesPerMinute { get; set; }

    /// <summary>Images sent along a minute.</summary>
    [Range(0.001, 10_000_000)]
    public double? InputImagesPerMinute { get; set; }

    /// <summary>Tokens a minute.</summary>
    [Range(1, 100_000_000_000)]
    public double? TokensPerMinute { get; set; }

    /// <summary>Calls in flight at once, over all processes.</summary>
    [Range(1, 100_000)]
    public int? MaxInFlight { get; set; }

    /// <summary>
    /// Whether limits above the configured ones are used when the service tells or bears them, and unknown ones are looked for. Lower ones are always kept to.
    /// False unless set.
    /// </summary>
    public bool Learn { get; set; }

    /// <summary>The slice of time in which the service enforces its limits, for calls that ask for several images: 1 s to 1 minute; a minute unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// For how long the service may refuse every call for its limits (429), without one success, before the batch is halted; up to a day, 0 for ever. 10 minutes
    /// unless set.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ThrottledFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The share of the limits that is left unused, 0 to 0.5; 0.006 unless set. Calls arrive some milliseconds early or late: at the exact pace, a service
    /// that enforces its limits second by second would refuse one now and then.
    /// </summary>
    [Range(0, 0.5)]
    public double Margin { get; set; } = 0.006;
}
