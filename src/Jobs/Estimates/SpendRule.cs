using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Estimates;

/// <summary>
/// Decides whether a batch may start. <c>--max-cost</c> is a promise, so the worst case counts, and a price that isn't known breaks it; within it, nothing more is
/// asked. Without it the expected cost counts, since the worst case of options left to the service is many times what calls cost; a price that isn't known counts as
/// above. With a canary only its share is at stake: for the rest there is <c>approve</c>.
/// </summary>
public static class SpendRule
{
    /// <summary>Decides.</summary>
    public static SpendDecision Decide(ManifestEstimate estimate, SpendConsent consent)
    {
        var total = estimate.Total;
        if (consent.MaxCostUsd is { } most)
        {
            if (total.UnpricedItems > 0) return new(SpendVerdict.Refuse, $"{Unpriced(total)}, so that --max-cost {Money.Format(most)} can't be kept.");
            return total.WorstUsd > most
                ? new(SpendVerdict.Refuse, $"It may cost up to ${Money.Format(total.WorstUsd)}, which is above --max-cost {Money.Format(most)}.")
                : new(SpendVerdict.Go, "");
        }

        if (consent.Yes) return new(SpendVerdict.Go, "");
        if (total.UnpricedItems > 0) return new(SpendVerdict.Ask, $"{Unpriced(total)}.");
        var expected = consent.Canary is { } sample && sample < total.Items ? total.ExpectedUsd * sample / total.Items : total.ExpectedUsd;
        return expected > consent.AskAboveUsd
            ? new(SpendVerdict.Ask, $"It is expected to cost ${Money.Format(Math.Round(expected, 4))}, which is above {CostOptions.Section}:{nameof(CostOptions.AskAbove)} = {Money.Format(consent.AskAboveUsd)}.")
            : new(SpendVerdict.Go, "");
    }

    private static string Unpriced(EstimateSum total) => $"The price of {(total.UnpricedItems == total.Items ? "" : $"{total.UnpricedItems} of ")}{total.Items} item{(total.Items == 1 ? "" : "s")} isn't known";
}
