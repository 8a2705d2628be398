using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Sources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Reuse;

/// <summary>Finds what was paid for before, for a claimed item, and says what a later batch has to know to find this one.</summary>
public sealed class ReuseFinder : IReuseFinder
{
    private const int MostAtOnce = 200;
    // No content has this hash: what can't be read is no earlier content, and the call says why it can't.
    private const string Unreadable = "unreadable";
    // A host that takes longer holds up no batch that doesn't reuse.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly IImageStore _images;
    private readonly ISourceVersions _versions;
    private readonly SetWriter<ReuseQuery, EarlierEdit?> _find;
    private readonly ReuseOptions _options;
    private readonly string _endpoint;
    private readonly TimeProvider _time;
    private readonly RepeatedWarnings _warnings;
    private readonly ILogger<ReuseFinder> _logger;

    /// <summary>Makes one.</summary>
    public ReuseFinder(
        IReuseStore store, IImageStore images, ISourceVersions versions, IOptions<ReuseOptions> options, IOptions<EndpointOptions> endpoint, TimeProvider time,
        RepeatedWarnings warnings, ILogger<ReuseFinder> logger)
    {
        (_images, _versions, _options, _time, _warnings, _logger) = (images, versions, options.Value, time, warnings, logger);
        _endpoint = endpoint.Value.BaseUrl.TrimEnd('/');
        _find = new(store.FindAsync, MostAtOnce, TimeSpan.Zero, retryFaults: false, time, logger);
    }

    /// <inheritdoc/>
    public async Task<(ClaimedItem Item, EarlierEdit? Found)> LookAsync(ClaimedItem item, CancellationToken cancellationToken)
    {
        if (item.Fingerprint is not { } fingerprint) return (item, null);
        var earlier = item.Reuse == ReuseMode.Earlier;
        var version = earlier ? await VersionOfAsync(item, cancellationToken) : _options.Record ? await RecordAsync(item, cancellationToken) : null;
        item = item with { EditKey = EditFingerprint.At(fingerprint, _endpoint), SourceVersion = version };
        if (item.Reuse == ReuseMode.None || !(earlier || item.HasDuplicates)) return (item, null);
        if (earlier && version is null)
        {
            if (_warnings.IsNews(item.BatchId, "whether a source changed can't be told")) Log.VersionUnknown(_logger, item.Key);
            earlier = _options.Unverified;
            if (!earlier && !item.HasDuplicates) return (item, null);
        }

        var found = await _find.WriteAsync(new ReuseQuery(item.BatchId, item.EditKey.Value, version, earlier), CancellationToken.None).WaitAsync(cancellationToken);
        return (item, found is not null && await IsThereAsync(item, found, cancellationToken) ? found : null);
    }

    // For later batches only: nobody waits long for that.
    private async Task<Guid?> RecordAsync(ClaimedItem item, CancellationToken cancellationToken)
    {
        try
        {
            return await VersionOfAsync(item, cancellationToken).WaitAsync(Patience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            Log.VersionLate(_logger, item.Key);
            return null;
        }
    }

    private async Task<Guid?> VersionOfAsync(ClaimedItem item, CancellationToken cancellationToken)
    {
        var references = item.Input.Mask is null ? item.Input.Images : [.. item.Input.Images, item.Input.Mask];
        var versions = new string[references.Count];
        for (var at = 0; at < versions.Length; at++)
        {
            if (await VersionOfAsync(references[at], cancellationToken) is not { } version) return null;
            versions[at] = version;
        }

        return EditFingerprint.OfVersions(versions);
    }

    private async Task<string?> VersionOfAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        var version = await _versions.ProbeAsync(reference, cancellationToken);
        return version?.ToString() ?? (reference.Kind == ImageReferenceKind.LocalPath ? Unreadable : null);
    }

    // Deleted by hand, or in the store of another configuration: then it is bought again.
    private async Task<bool> IsThereAsync(ClaimedItem item, EarlierEdit found, CancellationToken cancellationToken)
    {
        foreach (var output in found.Outputs)
        {
            if (await _images.HoldsAsync(output.Path, output.Bytes, cancellationToken)) continue;
            if (_warnings.IsNews(item.BatchId, "an image that was paid for before isn't in the store any more")) Log.EarlierImageGone(_logger, item.Key, output.Path);
            return false;
        }

        return found.Outputs.Count > 0;
    }
}
