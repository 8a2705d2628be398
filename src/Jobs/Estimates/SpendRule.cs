using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Estimates;

/// <summary>
/// Decides whether a batch may start, by its expected cost: the worst case of options left to the service is many times what calls cost. Up to <c>--max-cost</c>
/// a person has agreed; without it, up to <c>Costs:AskAbove</c>. A batch that is let go on above its <c>--max-cost</c> halts there: the cap is kept while it
/// runs, and can't be kept where a price isn't known. With a canary only its share is at stake: for the rest there is <c>approve</c>.
/// </summary>
public static class SpendRule
{
    /// <summary>Decides.</summary>
    public static SpendDecision Decide(ManifestEstimate estimate, SpendConsent consent)
    {
        var total = estimate.Total;
        if (consent.MaxCostUsd is { } cap && total.UnpricedItems > 0) return new(SpendVerdict.Refuse, $"{Unpriced(total)}, so that --max-cost {Money.Format(cap)} can't be kept.");
        if (consent.Yes) return new(SpendVerdict.Go, "");
        var expected = consent.Canary is { } sample && sample < total.Items ? total.ExpectedUsd * sample / total.Items : total.ExpectedUsd;
        if (expected > (consent.MaxCostUsd ?? consent.AskAboveUsd))
        {
            var bound = consent.MaxCostUsd is { } most ? $"--max-cost {Money.Format(most)}" : $"{CostOptions.Section}:{nameof(CostOptions.AskAbove)} = {Money.Format(consent.AskAboveUsd)}";
            return new(SpendVerdict.Ask, $"It is expected to cost ${Money.Format(Math.Round(expected, 4))}, which is above {bound}.");
        }

        return total.UnpricedItems > 0 ? new(SpendVerdict.AskIfThere, $"{Unpriced(total)}.") : new(SpendVerdict.Go, "");
    }

    private static string Unpriced(EstimateSum total) => $"The price of {(total.UnpricedItems == total.Items ? "" : $"{total.UnpricedItems} of ")}{total.Items} item{(total.Items == 1 ? "" : "s")} isn't known";
}
