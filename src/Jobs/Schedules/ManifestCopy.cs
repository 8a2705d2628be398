using System.Security.Cryptography;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Scratch;
using Darkroom.Jobs.Sources;

namespace Darkroom.Jobs.Schedules;

/// <summary>Takes a manifest from afar into a temporary file, which goes with it.</summary>
internal sealed class ManifestCopy : IDownloadTarget, IAsyncDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly FileStream _file = ScratchFile.Create(1 << 16);

    public async ValueTask<DownloadFault?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _hash.AppendData(bytes.Span);
        await _file.WriteAsync(bytes, cancellationToken);
        return null;
    }

    /// <summary>All of it is there; the copy is the manifest's from now on.</summary>
    public async Task<OpenedManifest> EndAsync(ManifestSource source, string? etag, CancellationToken cancellationToken)
    {
        await _file.FlushAsync(cancellationToken);
        return new OpenedManifest(_file, source, etag ?? $"sha256:{Convert.ToHexStringLower(_hash.GetHashAndReset())}");
    }

    public ValueTask DisposeAsync()
    {
        _hash.Dispose();
        return _file.DisposeAsync();
    }
}
