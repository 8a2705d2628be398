using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Estimates;

/// <summary>What a manifest comes to, before anything was sent. Items with problems are in no number.</summary>
/// <param name="Total">All items that are paid for.</param>
/// <param name="Groups">By model, size, quality and n, in the order of their first items. At most <see cref="ManifestEstimator.MostGroups"/> and one for all others.</param>
/// <param name="Limits">By limits group, the slowest first.</param>
/// <param name="Duration">Expected time at the configured limits with one process; see <see cref="DurationRule"/>.</param>
/// <param name="Warnings">What may not work, or is likely not meant.</param>
/// <param name="Guesses">Where numbers are guessed, since the model book has none.</param>
/// <param name="Problems">What keeps the manifest from being imported: the first ones, up to the plan's bound.</param>
/// <param name="ProblemCount">How many problems there are in all.</param>
public sealed record ManifestEstimate(
    EstimateSum Total,
    IReadOnlyList<GroupEstimate> Groups,
    IReadOnlyList<LimitsEstimate> Limits,
    TimeSpan Duration,
    IReadOnlyList<EstimateNote> Warnings,
    IReadOnlyList<EstimateNote> Guesses,
    IReadOnlyList<ManifestProblem> Problems,
    long ProblemCount)
{
    /// <summary>Rows that ask for the same as an earlier one: they are paid for once and are in none of the sums. 0 where every row is paid for.</summary>
    public long Duplicates { get; init; }

    /// <summary>The images of these rows.</summary>
    public long DuplicateImages { get; init; }

    /// <summary>By model, in the order of their first items.</summary>
    public IReadOnlyList<ModelEstimate> Models =>
        [.. Groups.GroupBy(group => group.Key.Model, group => group.Sum, StringComparer.Ordinal).Select(sums => new ModelEstimate(sums.Key, sums.Aggregate((a, b) => a + b)))];
}
