namespace Darkroom.Jobs.Browsing;

/// <summary>What was agreed for a batch.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="MaxCostUsd">Its budget in USD, or null.</param>
/// <param name="ExpectedUsd">What it was estimated at before the first call, or null.</param>
/// <param name="ReservedUsd">USD at worst that its calls in flight hold of its budget; 0 without a budget.</param>
/// <param name="Deadline">When it should be done, or null.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Models">The models that its estimate names.</param>
public sealed record BatchTerms(
    string BatchId, decimal? MaxCostUsd, decimal? ExpectedUsd, decimal ReservedUsd, DateTimeOffset? Deadline, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Models);
