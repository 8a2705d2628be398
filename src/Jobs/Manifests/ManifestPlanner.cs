namespace Darkroom.Jobs.Manifests;

/// <summary>Makes planned items of manifests.</summary>
/// <param name="checks">Rules beyond those that hold for every model.</param>
/// <param name="defaultModel">The model of items for which neither row, flag nor head names one.</param>
public sealed class ManifestPlanner(IEnumerable<IItemCheck> checks, string defaultModel = ManifestPlanner.DefaultModel)
{
    /// <summary>The model where nothing names one and nothing is configured; <c>model</c> is always sent (docs/endpoint.md, Requests).</summary>
    public const string DefaultModel = "gpt-image-2";

    private readonly IReadOnlyList<IItemCheck> _checks = [.. checks];

    /// <summary>Makes a plan of a manifest; nothing is read before its items are asked for. The stream stays the caller's to close.</summary>
    /// <param name="manifest">The manifest's bytes, read once from where the stream stands; needn't seek.</param>
    /// <param name="source">Its name, folder and format.</param>
    /// <param name="flags">What the command line gives: over the manifest's head, under its rows.</param>
    /// <param name="limits">Bounds; <see cref="PlanLimits.Default"/> when null.</param>
    public ManifestPlan Open(Stream manifest, ManifestSource source, BatchDefaults flags, PlanLimits? limits = null) =>
        new(manifest, source, flags, limits ?? PlanLimits.Default, _checks, defaultModel);

    /// <summary>The items of a manifest, for callers that don't ask what its head says; see <see cref="ManifestPlan.ReadAsync"/>.</summary>
    /// <exception cref="InvalidManifestException">While enumerating, at the end: the manifest has problems.</exception>
    public IAsyncEnumerable<PlannedItem> PlanAsync(
        Stream manifest, ManifestSource source, BatchDefaults flags, PlanLimits? limits = null, CancellationToken cancellationToken = default) =>
        Open(manifest, source, flags, limits).ReadAsync(cancellationToken);
}
