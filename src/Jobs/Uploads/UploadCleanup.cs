using System.Data.Common;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Uploads;

/// <summary>
/// Deletes uploaded files at the service once no batch needs them, for batches that asked for it. Run when a batch has ended: whatever an earlier end left
/// (a process that died, a service out of reach) is made up for then, and what is never made up for expires at the service.
/// </summary>
public sealed class UploadCleanup(IUploadedFileStore store, IFileService service, ILogger<UploadCleanup> logger) : IBatchEnding
{
    /// <summary>Deletes what can be deleted. What the service refuses stays for the next time; it is logged and nothing more.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (left, reason) = (0, "");
            foreach (var file in await store.MarkUnusedAsync(service.Endpoint, cancellationToken))
            {
                if (await DeleteAsync(file, cancellationToken) is { } refusal) (left, reason) = (left + 1, refusal);
            }

            if (left > 0) Log.UploadsNotDeleted(logger, left, reason);
        }
        catch (DbException exception) when (DatabaseFaults.IsTransient(exception))
        {
            Log.CleanupPutOff(logger, exception);
        }
    }

    /// <inheritdoc/>
    Task IBatchEnding.RunAsync(Batch batch, CancellationToken cancellationToken) => RunAsync(cancellationToken);

    // Null, or why the service didn't delete it.
    private async Task<string?> DeleteAsync(UploadedFile file, CancellationToken cancellationToken)
    {
        if (await service.DeleteAsync(file.FileId, cancellationToken) is { } error) return error.Message;
        await store.RemoveAsync(file, cancellationToken);
        Log.UploadDeleted(logger, file.FileId);
        return null;
    }
}
