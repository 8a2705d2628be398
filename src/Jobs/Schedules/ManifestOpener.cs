using System.Security.Cryptography;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Sources;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Schedules;

/// <summary>
/// Opens manifests by path, http(s) address or <c>az://</c>. What comes from afar comes by the rules of <see cref="SourcesOptions"/>, and is copied to a temporary
/// file that only its owner can read: URLs of a manifest may be signed.
/// </summary>
public sealed class ManifestOpener(IOptions<SourcesOptions> options, IHostResolver resolver, TimeProvider time, IBlobSources? blobs = null)
{
    /// <summary>A manifest from afar must have fewer bytes.</summary>
    public const long MaxBytes = 4L * 1024 * 1024 * 1024;

    /// <summary>Time for a manifest from afar; a source's own time where that is more.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(10);

    private readonly Lazy<GuardedDownload> _download = new(() => new GuardedDownload(options.Value, resolver, time));

    /// <summary>Whether a manifest is named by an address, and not by a path.</summary>
    public static bool IsAddress(string manifest) => manifest.Contains("://", StringComparison.Ordinal);

    /// <summary>The manifest's name for people: an address without what signs it.</summary>
    public static string NameOf(string manifest) => IsAddress(manifest) ? SecretScrubber.CutSecrets(SourceAddress.WithoutSignature(manifest)) : manifest;

    /// <summary>Opens a manifest.</summary>
    /// <exception cref="ManifestUnavailableException">It can't be had.</exception>
    public async Task<OpenedManifest> OpenAsync(string manifest, CancellationToken cancellationToken)
    {
        try
        {
            return IsAddress(manifest) ? await CopyAsync(manifest, cancellationToken) : await OpenFileAsync(manifest, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file that is just being replaced is there the next time; one that was never there costs a few tries.
            throw new ManifestUnavailableException($"The manifest {NameOf(manifest)} can't be read: {e.Message}", mayPass: true);
        }
    }

    private static async Task<OpenedManifest> OpenFileAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path)) throw new ManifestUnavailableException($"The manifest {path} is a folder; give a .jsonl, .json or .csv file.", mayPass: false);
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        try
        {
            return new OpenedManifest(stream, ManifestSource.OfFile(path), $"sha256:{Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken))}");
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private async Task<OpenedManifest> CopyAsync(string manifest, CancellationToken cancellationToken)
    {
        var name = NameOf(manifest);
        if (!Uri.TryCreate(manifest, UriKind.Absolute, out var address)) throw new ManifestUnavailableException($"The manifest {name} has no valid address.", mayPass: false);
        var copy = new ManifestCopy();
        try
        {
            var bounds = DownloadBounds.From(options.Value, MaxBytes) with { Timeout = options.Value.Timeout > MaxTime ? options.Value.Timeout : MaxTime };
            var (etag, fault) = blobs?.Owns(address) == true
                ? await blobs.GetAsync(address, bounds, copy, cancellationToken)
                : await _download.Value.GetAsync(manifest, bounds, copy, cancellationToken);
            if (fault is not null) throw new ManifestUnavailableException($"The manifest {name} {fault.Message.TrimEnd('.')}.", fault.MayPass);
            return await copy.EndAsync(new ManifestSource(name, BaseFolder: null, ManifestSource.FormatOf(address.AbsolutePath)), etag, cancellationToken);
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }
}
