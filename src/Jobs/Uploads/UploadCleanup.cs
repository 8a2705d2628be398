using System.Data.Common;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Uploads;

/// <summary>
/// Deletes uploaded files at the service once no batch needs them, for batches that asked for it. Run when a lane ends: whatever an earlier end left
/// (a process that died, a service out of reach) is made up for then, and what is never made up for expires at the service.
/// </summary>
public sealed class UploadCleanup(IUploadedFileStore store, IFileService service, ILogger<UploadCleanup> logger)
{
    /// <summary>Deletes what can be deleted. What the service refuses stays for the next time; it is logged and nothing more.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var file in await store.MarkUnusedAsync(service.Endpoint, cancellationToken)) await DeleteAsync(file, cancellationToken);
        }
        catch (DbException exception) when (DatabaseFaults.IsTransient(exception))
        {
            Log.CleanupPutOff(logger, exception);
        }
    }

    private async Task DeleteAsync(UploadedFile file, CancellationToken cancellationToken)
    {
        if (await service.DeleteAsync(file.FileId, cancellationToken) is { } error)
        {
            Log.UploadNotDeleted(logger, file.FileId, error.Message);
            return;
        }

        await store.RemoveAsync(file, cancellationToken);
        Log.UploadDeleted(logger, file.FileId);
    }
}
