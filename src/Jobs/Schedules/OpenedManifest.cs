using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Schedules;

/// <summary>A manifest that was opened, or copied from afar; it can be read again from its start.</summary>
public sealed class OpenedManifest : IAsyncDisposable
{
    private readonly FileStream _stream;
    private readonly ManifestSource _source;

    internal OpenedManifest(FileStream stream, ManifestSource source, string version) => (_stream, _source, Version) = (stream, source, version);

    /// <summary>Its strong ETag, or <c>sha256:</c> and the hash of its content.</summary>
    public string Version { get; }

    /// <summary>A plan of all of it, from its start.</summary>
    public ManifestPlan Plan(ManifestPlanner planner, BatchDefaults flags)
    {
        ArgumentNullException.ThrowIfNull(planner);
        _stream.Position = 0;
        return planner.Open(_stream, _source, flags);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
