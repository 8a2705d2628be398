namespace Darkroom.Jobs.Sources;

/// <summary>How much of a download is taken.</summary>
/// <param name="MaxBytes">It must have fewer bytes than that.</param>
/// <param name="Timeout">Time for all of it, redirects included.</param>
/// <param name="IdleTimeout">How long the server may send nothing.</param>
/// <param name="MaxRedirects">Redirects followed.</param>
public sealed record DownloadBounds(long MaxBytes, TimeSpan Timeout, TimeSpan IdleTimeout, int MaxRedirects)
{
    /// <summary>The bounds that the options set.</summary>
    public static DownloadBounds From(SourcesOptions options, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new DownloadBounds(maxBytes, options.Timeout, options.IdleTimeout, options.MaxRedirects);
    }
}
