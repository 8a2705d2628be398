using System.Collections.Concurrent;
using System.Security.Cryptography;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Uploads;

/// <summary>Brings a content to the service once, whoever asks: within this process by a gate, among processes by <see cref="IUploadedFileStore"/>.</summary>
internal sealed class SourceUploader(IUploadedFileStore store, IFileService service, WorkerProcess process, TimeProvider time, TimeSpan margin, ILogger logger)
{
    /// <summary>How often a process that waits for another's upload looks.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private const int MostRemembered = 10_000;

    // Few and shared: two contents that meet at one gate wait for each other, and nothing grows with the number of contents.
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly ConcurrentDictionary<(string BatchId, string Sha256), UploadedFile> _known = new();
    private readonly ConcurrentDictionary<string, EditOutcome.Rejected> _refused = new(StringComparer.Ordinal);

    /// <summary>The service's file of a content.</summary>
    /// <returns>The file, or what the upload came to. A refusal is remembered for as long as the process lives.</returns>
    public async Task<(UploadedFile? File, EditOutcome? Failure)> UploadAsync(LocalSource source, string batchId, CancellationToken cancellationToken)
    {
        if (Known(batchId, source) is { } known) return (known, null);
        var gate = _gates[Convert.ToInt32(source.Sha256[..2], 16) % _gates.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (Known(batchId, source) is { } meanwhile) return (meanwhile, null);
            if (_refused.TryGetValue(source.Sha256, out var refused)) return (null, refused);
            return await GetAsync(source, batchId, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The service's file of a content that was uploaded before, noting that the batch uses it; or null.</summary>
    public async Task<UploadedFile?> FindAsync(LocalSource source, string batchId, CancellationToken cancellationToken)
    {
        if (Known(batchId, source) is { } known) return known;
        var file = await store.UseAsync(new SourceKey(service.Endpoint, source.Sha256), batchId, margin, cancellationToken);
        return file is null ? null : Remember(batchId, source, file);
    }

    /// <summary>Forgets a file that the service doesn't know any more.</summary>
    public async Task ForgetAsync(UploadedFile file, CancellationToken cancellationToken)
    {
        foreach (var entry in _known)
            if (entry.Value == file) _known.TryRemove(entry);
        await store.ForgetAsync(file, cancellationToken);
    }

    private UploadedFile Remember(string batchId, LocalSource source, UploadedFile file)
    {
        if (_known.Count >= MostRemembered) _known.Clear();
        return _known[(batchId, source.Sha256)] = file;
    }

    private UploadedFile? Known(string batchId, LocalSource source) =>
        _known.TryGetValue((batchId, source.Sha256), out var file) && (file.ExpiresAt is not { } end || end > time.GetUtcNow() + margin) ? file : null;

    private async Task<(UploadedFile? File, EditOutcome? Failure)> GetAsync(LocalSource source, string batchId, CancellationToken cancellationToken)
    {
        var key = new SourceKey(service.Endpoint, source.Sha256);
        for (var isFirst = true; ; isFirst = false)
        {
            if (await store.UseAsync(key, batchId, margin, cancellationToken) is { } file) return (Remember(batchId, source, file), null);
            if (!await store.TakeAsync(key, process.Id, margin, cancellationToken))
            {
                if (isFirst) Log.UploadAwaited(logger, source.Path);
                await Task.Delay(Look, time, cancellationToken);
            }
            else if (await SendAsync(source, key, cancellationToken) is { } failure) return (null, failure);
        }
    }

    private async Task<EditOutcome?> SendAsync(LocalSource source, SourceKey key, CancellationToken cancellationToken)
    {
        var done = false;
        try
        {
            await using var content = LocalSources.Open(source.Path);
            if (content is null) return new EditOutcome.Rejected(SourceFile.Refused("source_unreadable", $"'{source.Path}' can't be read any more."));
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) != key.Sha256)
                return new EditOutcome.ServerFailed(SourceFile.Refused("source_changed", $"'{source.Path}' changed while it was being uploaded."), RetryAfter: null);
            content.Position = 0;
            var (file, failure) = await service.UploadAsync(content, key, source.MediaType, cancellationToken);
            if (failure is EditOutcome.Rejected refused)
            {
                if (_refused.Count >= MostRemembered) _refused.Clear();
                _refused[source.Sha256] = refused;
            }

            if (file is null) return failure;
            done = true;
            // Another process took over while this one was thought dead: its file is as good, and this one is nobody's.
            if (!await store.FinishAsync(file, process.Id, CancellationToken.None)) await service.DeleteAsync(file.FileId, cancellationToken);
            return null;
        }
        finally
        {
            if (!done) await store.GiveUpAsync(key, process.Id, CancellationToken.None);
        }
    }
}
