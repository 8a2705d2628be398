using System.ComponentModel.DataAnnotations;

namespace Darkroom.Worker.Api;

/// <summary>Bounds of the HTTP side: section <c>Api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Api";

    /// <summary>The largest manifest that the API accepts, in bytes.</summary>
    [Range(1024, long.MaxValue)]
    public long MaxManifestBytes { get; set; } = 1L << 30;

    /// <summary>Event streams that one process serves at once.</summary>
    [Range(1, 100_000)]
    public int MaxEventStreams { get; set; } = 100;

    /// <summary>Sign-in attempts per address and minute.</summary>
    [Range(1, 10_000)]
    public int SignInsPerMinute { get; set; } = 10;

    /// <summary>How long a sign-in lasts without a visit.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(12);
}
