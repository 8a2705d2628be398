using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Estimates;

/// <summary>
/// Reads a manifest and says what it comes to. Spends nothing and sends nothing; memory is bounded whatever the manifest's length.
/// </summary>
/// <param name="book">Tokens and prices.</param>
/// <param name="check">What models warn of.</param>
/// <param name="limits">The configured limits.</param>
/// <param name="worker">How many calls one process has in flight.</param>
/// <param name="time">The day whose prices hold.</param>
public sealed class ManifestEstimator(ModelBook book, ModelCheck check, IOptions<LimitsOptions> limits, IOptions<WorkerOptions> worker, TimeProvider time)
{
    /// <summary>So many kinds of calls are kept apart.</summary>
    public const int MostGroups = 256;

    /// <summary>Estimates a plan's items, all that are in order; problems don't end it.</summary>
    /// <param name="plan">The manifest.</param>
    /// <param name="reuse">Whether rows that ask for the same are paid for once. What earlier batches paid for isn't known before the run.</param>
    /// <param name="caps">What the batch may take at most, or null.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="InvalidOperationException">The plan was read before.</exception>
    public async Task<ManifestEstimate> EstimateAsync(ManifestPlan plan, ReuseMode reuse, BatchCaps? caps, CancellationToken cancellationToken)
    {
        var sums = new EstimateSums(book, check, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var duplicates = reuse == ReuseMode.None ? null : new DuplicateRows();
        var (count, images) = (0L, 0L);
        InvalidManifestException? fault = null;
        try
        {
            await foreach (var item in plan.ReadAllAsync(cancellationToken))
            {
                if (duplicates?.MustWait(item.Fingerprint, isCanary: false) != true)
                {
                    sums.Add(item);
                    continue;
                }

                count++;
                images += Math.Max(1, item.Options.N);
            }
        }
        catch (InvalidManifestException invalid)
        {
            fault = invalid;
        }

        IReadOnlyList<EstimateNote> warnings = [.. plan.Notes.Select(note => new EstimateNote(note.Field, note.Reason, note.Rows, note.FirstLine)), .. sums.Warnings];
        return Conclude(sums, warnings, caps, fault) with { Duplicates = count, DuplicateImages = images };
    }

    private ManifestEstimate Conclude(EstimateSums sums, IReadOnlyList<EstimateNote> warnings, BatchCaps? caps, InvalidManifestException? fault)
    {
        var places = worker.Value.MaxInFlight;
        var byLimits = sums.Groups
            .GroupBy(group => sums.LimitsGroupOf(group.Key), group => group.Sum, StringComparer.Ordinal)
            .Select(group => DurationRule.Of(group.Key, group.Aggregate((a, b) => a + b), limits.Value.For(group.Key), places))
            .OrderByDescending(group => group.Duration)
            .ToList();
        return new ManifestEstimate(
            sums.Groups.Aggregate(default(EstimateSum), (total, group) => total + group.Sum),
            sums.Groups,
            byLimits,
            DurationRule.Together(byLimits, places, caps),
            warnings,
            sums.Guesses,
            fault?.Problems ?? [],
            fault?.Total ?? 0);
    }
}
