namespace Darkroom.Jobs.Uploads;

/// <summary>
/// Keeps which files the service has, for all processes. One process uploads a content, the others wait for it; when that process dies, another takes
/// over. The database's clock decides.
/// </summary>
public interface IUploadedFileStore
{
    /// <summary>The local paths, and the addresses that workers fetch, that at least so many items of a batch name, each item counted once for a source.</summary>
    Task<IReadOnlySet<string>> GetSharedPathsAsync(string batchId, int leastItems, CancellationToken cancellationToken);

    /// <summary>The file of a content, noting that the batch uses it; null when there is none that lasts longer than <paramref name="margin"/>.</summary>
    Task<UploadedFile?> UseAsync(SourceKey key, string batchId, TimeSpan margin, CancellationToken cancellationToken);

    /// <summary>Makes this process the one that uploads a content.</summary>
    /// <returns>False when the service has it for longer than <paramref name="margin"/>, or another living process is at it.</returns>
    Task<bool> TakeAsync(SourceKey key, long processId, TimeSpan margin, CancellationToken cancellationToken);

    /// <summary>Notes the file that this process has uploaded.</summary>
    /// <returns>False when another process has taken over meanwhile: the file is nobody's.</returns>
    Task<bool> FinishAsync(UploadedFile file, long processId, CancellationToken cancellationToken);

    /// <summary>Leaves a content to others: this process couldn't upload it.</summary>
    Task GiveUpAsync(SourceKey key, long processId, CancellationToken cancellationToken);

    /// <summary>Forgets a file that the service doesn't know any more; no effect when another has taken its place.</summary>
    Task ForgetAsync(UploadedFile file, CancellationToken cancellationToken);

    /// <summary>
    /// Marks the files of an endpoint that are to be deleted: used by an ended batch that asked for it, and by no batch that is still open. Those that were
    /// marked before and not removed come again.
    /// </summary>
    Task<IReadOnlyList<UploadedFile>> MarkUnusedAsync(string endpoint, CancellationToken cancellationToken);

    /// <summary>Removes a marked file: the service doesn't have it any more.</summary>
    Task RemoveAsync(UploadedFile file, CancellationToken cancellationToken);
}
