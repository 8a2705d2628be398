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

    /// <summary>Event streams that one key may have open at once, so that one user can't take all of them.</summary>
    [Range(1, 100_000)]
    public int EventStreamsPerKey { get; set; } = 30;

    /// <summary>Event streams that one sign-in may have open at once.</summary>
    [Range(1, 100_000)]
    public int EventStreamsPerSession { get; set; } = 15;

    /// <summary>Requests of one key that the worker handles at once; 200 more wait for their turn. Requests without a key are counted by address.</summary>
    [Range(1, 10_000)]
    public int RequestsPerKey { get; set; } = 16;

    /// <summary>
    /// Wrong keys that one address may send for one key id before it has to pause. Each further one doubles the pause, from a second to five minutes. The right key ends it, or a
    /// quarter of an hour without a try.
    /// </summary>
    [Range(1, 10_000)]
    public int SignInsPerMinute { get; set; } = 10;

    /// <summary>How long a sign-in lasts without a visit.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// Address at which users reach the worker, such as <c>https://darkroom.example</c>, when a proxy in front of it ends TLS. With https, cookies are Secure and answers carry
    /// HSTS.
    /// </summary>
    /// <value>An address without a path.</value>
    public Uri? PublicUrl { get; set; }

    /// <summary>Proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> the worker believes.</summary>
    /// <value>Addresses or networks, such as <c>10.0.0.7</c> or <c>10.0.0.0/8</c>.</value>
    public IList<string> KnownProxies { get; set; } = [];

    /// <summary>Whether the command line may send an access key over plain http to another machine. Read from the environment only.</summary>
    public bool AllowInsecure { get; set; }

    /// <summary>Whether users come over https.</summary>
    internal bool IsPublicOverTls => PublicUrl is { Scheme: "https" };
}
