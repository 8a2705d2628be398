using System.ComponentModel.DataAnnotations;

namespace Darkroom.Jobs.Throttling;

/// <summary>The limits of one limits group. What is null isn't limited.</summary>
public sealed class GroupLimits
{
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
}
