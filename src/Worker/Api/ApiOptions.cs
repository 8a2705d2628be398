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

    /// <summary>Event streams that one key may have open at once, so that one user can't take all of <see cref="MaxEventStreams"/>. Default 30.</summary>
    [Range(1, 100_000)]
    public int EventStreamsPerKey { get; set; } = 30;

    /// <summary>Event streams that one sign-in may have open at once. Default 15.</summary>
    [Range(1, 100_000)]
    public int EventStreamsPerSession { get; set; } = 15;

    /// <summary>Requests of one key that are worked on at once; others wait for their turn. Without a key they are counted by address. Default 16.</summary>
    [Range(1, 10_000)]
    public int RequestsPerKey { get; set; } = 16;

    /// <summary>
    /// Wrong keys that one address may send for one key id before it has to pause. Each further one doubles the pause, from a second up to five minutes; a quarter of an hour
    /// without a try, or the right key, ends it. Default 10.
    /// </summary>
    [Range(1, 10_000)]
    public int SignInsPerMinute { get; set; } = 10;

    /// <summary>
    /// Where users reach the worker, such as <c>https://darkroom.example</c>, when a proxy in front of it ends TLS: cookies are Secure then, and answers have HSTS. No path. Default null.
    /// </summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>
    /// Proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed: addresses or networks, such as <c>10.0.0.0/8</c>. Default none.
    /// </summary>
    public IList<string> KnownProxies { get; set; } = [];

    /// <summary>Whether the command line may send an access key over plain http to another machine. Read from the environment only. Default false.</summary>
    public bool AllowInsecure { get; set; }

    /// <summary>How long a sign-in lasts without a visit; 12 hours unless said.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Whether users come over https.</summary>
    internal bool IsPublicOverTls => PublicUrl is { Scheme: "https" };
}
