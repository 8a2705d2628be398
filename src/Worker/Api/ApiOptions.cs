using System.ComponentModel.DataAnnotations;

namespace Darkroom.Worker.Api;

/// <summary>Section <c>Api</c>: bounds of the HTTP side.</summary>
public sealed class ApiOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Api";

    /// <summary>The largest manifest that is taken, in bytes; 1 GiB unless said.</summary>
    [Range(1024, long.MaxValue)]
    public long MaxManifestBytes { get; set; } = 1L << 30;

    /// <summary>Event streams served at once by a process; 100 unless said.</summary>
    [Range(1, 100_000)]
    public int MaxEventStreams { get; set; } = 100;

    /// <summary>Tries to sign in that one address has a minute; 10 unless said.</summary>
    [Range(1, 10_000)]
    public int SignInsPerMinute { get; set; } = 10;

    /// <summary>How long a sign-in lasts without a visit; 12 hours unless said.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(12);
}
