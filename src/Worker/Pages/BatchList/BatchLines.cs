using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Waits;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Pages.BatchList;

/// <summary>Puts to batches what people want to see beside their counts: a fixed number of statements, however many batches they are.</summary>
internal sealed class BatchLines(IBatchInsight insight, ILimitStore limits, IWaits waits, IOptions<LimitsOptions> configured, ModelBook book, LimitScope scope, TimeProvider time)
{
    /// <summary>The lines of batches, in their order.</summary>
    public async Task<IReadOnlyList<BatchLine>> OfAsync(IReadOnlyList<BatchStatus> batches, CancellationToken cancellationToken)
    {
        var terms = await insight.GetTermsAsync([.. batches.Select(status => status.Batch.Id)], cancellationToken);
        var running = batches.Where(status => status.Batch.State == BatchState.Running).Select(status => status.Batch.Id).ToList();
        var paces = await insight.GetPacesAsync(running, cancellationToken);
        var known = running.Count == 0 ? [] : await limits.ReadAsync(cancellationToken);
        var waiting = await waits.GetAsync([.. batches.Select(status => status.Batch.Id)], cancellationToken);
        var now = time.GetUtcNow();
        return [.. batches.Select(status =>
        {
            // A batch that was removed meanwhile has no terms any more.
            var agreed = terms.GetValueOrDefault(status.Batch.Id) ?? new BatchTerms(status.Batch.Id, null, null, 0, null, new Dictionary<string, string>(StringComparer.Ordinal), []);
            return new BatchLine(
                status, agreed, paces.GetValueOrDefault(status.Batch.Id), status.Batch.State == BatchState.Running ? LimitOf(agreed, known) : null,
                waiting.GetValueOrDefault(status.Batch.Id) ?? [], now);
        })];
    }

    private double? LimitOf(BatchTerms terms, IReadOnlyList<LimitState> known)
    {
        var groups = terms.Models.Select(model => book.Find(model)?.LimitsGroup ?? model).Append(BatchCaps.GroupOf(terms.BatchId)).ToHashSet(StringComparer.Ordinal);
        return new LimitLines(configured.Value, [], scope).PaceOf(known, groups)?.PerMinute;
    }
}
