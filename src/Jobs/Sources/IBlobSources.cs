namespace Darkroom.Jobs.Sources;

/// <summary>Reads blobs of the storage accounts that are configured (<see cref="SourcesOptions.Azure"/>), with the right that is configured for them.</summary>
public interface IBlobSources
{
    /// <summary>Whether an address is for this port: <c>az://…</c>, or a blob's https address, without a signature of its own, of an account that is configured.</summary>
    bool Owns(Uri address);

    /// <summary>Copies a blob into a target.</summary>
    /// <returns>The ETag, or why it couldn't be had. Never an exception for what the service answers.</returns>
    Task<(string? ETag, DownloadFault? Fault)> GetAsync(Uri address, DownloadBounds bounds, IDownloadTarget target, CancellationToken cancellationToken);

    /// <summary>Asks for a blob's ETag.</summary>
    Task<(string? ETag, DownloadFault? Fault)> HeadAsync(Uri address, DownloadBounds bounds, CancellationToken cancellationToken);
}
