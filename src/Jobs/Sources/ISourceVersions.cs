using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Sources;

/// <summary>Tells what sources hold, without bringing them here: what reuse goes by. Safe for concurrent use.</summary>
public interface ISourceVersions
{
    /// <summary>
    /// The version of one source: the strong ETag of an <c>http(s)://</c>, <c>az://</c> or blob source, asked for by HEAD under all the rules of the fetcher;
    /// the SHA-256 of a local file or of the bytes of a data URL; the id of an uploaded file. Answers are remembered for a few minutes, so that a source of
    /// many items is asked for once.
    /// </summary>
    /// <remarks>Where a server gives no strong ETag, the picture is fetched and hashed.</remarks>
    /// <returns>Null when it can't be told: a server out of reach, an address that is refused, no picture. Never an exception for those.</returns>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    Task<SourceVersion?> ProbeAsync(ImageReference source, CancellationToken cancellationToken);

    /// <summary>
    /// What two references have in common when they mean the same source: the address without its signature (a new SAS is no new picture), the absolute path,
    /// the file's id, or the SHA-256 of a data URL.
    /// </summary>
    string IdentityOf(ImageReference source);
}
