using System.ComponentModel.DataAnnotations;

namespace Darkroom.Jobs.Throttling;

/// <summary>The limits of one limits group.</summary>
public sealed class GroupLimits
{
    /// <summary>The account's tier. Its published images and tokens per minute apply where you set none.</summary>
    [Range(1, 5)]
    public int? Tier { get; set; }

    /// <summary>Calls per minute.</summary>
    [Range(0.001, 10_000_000)]
    public double? RequestsPerMinute { get; set; }

    /// <summary>Images requested per minute; <c>n</c> counts.</summary>
    [Range(0.001, 10_000_000)]
    public double? ImagesPerMinute { get; set; }

    /// <summary>Input images sent per minute.</summary>
    [Range(0.001, 10_000_000)]
    public double? InputImagesPerMinute { get; set; }

    /// <summary>Tokens per minute.</summary>
    [Range(1, 100_000_000_000)]
    public double? TokensPerMinute { get; set; }

    /// <summary>Calls in flight at once, across all processes.</summary>
    [Range(1, 100_000)]
    public int? MaxInFlight { get; set; }

    /// <summary>
    /// Use higher limits than configured when the service reports or tolerates them, and look for unknown ones. Darkroom always keeps to lower limits that it
    /// learns.
    /// </summary>
    public bool Learn { get; set; }

    /// <summary>The slice of time in which the service enforces its limits; matters for calls that ask for several images.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the service may answer every call with 429 before the batch halts as <c>throttled</c>. 0: never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ThrottledFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The share of each limit that is left unused. Calls arrive some milliseconds early or late; at the exact pace, a service that counts second by second
    /// would refuse one now and then.
    /// </summary>
    [Range(0, 0.5)]
    public double Margin { get; set; } = 0.006;
}
