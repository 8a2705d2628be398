using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Uploads;

/// <summary>The service's Files API.</summary>
public interface IFileService
{
    /// <summary>Names endpoint and purpose in a <see cref="SourceKey"/>.</summary>
    string Endpoint { get; }

    /// <summary>Uploads a file, with the lifetime that is configured. Never retries.</summary>
    /// <param name="content">The bytes, from the beginning; can seek.</param>
    /// <param name="key">What they are.</param>
    /// <param name="mediaType">Their MIME type.</param>
    /// <param name="cancellationToken">Cancels the upload.</param>
    /// <returns>The file, or what came of the call instead: never <see cref="EditOutcome.Unknown"/>, since uploads cost nothing.</returns>
    Task<(UploadedFile? File, EditOutcome? Failure)> UploadAsync(Stream content, SourceKey key, string mediaType, CancellationToken cancellationToken);

    /// <summary>Deletes a file. One that isn't there counts as deleted.</summary>
    /// <returns>Null, or why it couldn't be deleted.</returns>
    Task<ServiceError?> DeleteAsync(string fileId, CancellationToken cancellationToken);
}
