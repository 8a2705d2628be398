namespace Darkroom.Jobs.Manifests;

/// <summary>A manifest has problems; nothing of it was imported.</summary>
public sealed class InvalidManifestException(IReadOnlyList<ManifestProblem> problems, long total)
    : Exception($"The manifest has {total} problem{(total == 1 ? "" : "s")}, the first: {problems[0]}")
{
    /// <summary>The first problems, up to the bound.</summary>
    public IReadOnlyList<ManifestProblem> Problems { get; } = problems;

    /// <summary>How many there are in all.</summary>
    public long Total { get; } = total;
}
