using Darkroom.Jobs.Estimates;

namespace Darkroom.Jobs.Tests.Estimates;

public sealed class SpendRuleTests
{
    private static readonly SpendConsent Nothing = new(Yes: false, MaxCostUsd: null, Canary: null, AskAboveUsd: 5);

    [Theory]
    [InlineData(5.0, 90, SpendVerdict.Go)]
    [InlineData(5.01, 90, SpendVerdict.Ask)]
    public void Decide_NothingAgreed_AsksAboveTheThresholdByTheExpectedCost(double expected, double worst, SpendVerdict verdict) =>
        SpendRule.Decide(Of(expected, worst), Nothing).Verdict.ShouldBe(verdict);

    [Fact]
    public void Decide_Yes_Goes() => SpendRule.Decide(Of(500, 900, unpriced: 1), Nothing with { Yes = true }).ShouldBe(new SpendDecision(SpendVerdict.Go, ""));

    [Fact]
    public void Decide_UnknownPrice_IsAskedForWhereSomebodyIsThere()
    {
        var decision = SpendRule.Decide(Of(0.1, 0.2, unpriced: 3), Nothing);
        decision.Verdict.ShouldBe(SpendVerdict.AskIfThere);
        decision.Reason.ShouldBe("The price of 3 of 10 items isn't known.");
        SpendRule.Decide(Of(6, 7, unpriced: 3), Nothing).Verdict.ShouldBe(SpendVerdict.Ask);
    }

    [Theory]
    [InlineData(90, SpendVerdict.Go)]
    [InlineData(90.01, SpendVerdict.Ask)]
    public void Decide_MaxCost_IsHeldAgainstTheExpectedCostAndYesLetsItRunUpToTheCap(double expected, SpendVerdict verdict)
    {
        var consent = Nothing with { MaxCostUsd = 90 };
        SpendRule.Decide(Of(expected, 1000), consent).Verdict.ShouldBe(verdict);
        SpendRule.Decide(Of(expected, 1000), consent with { Yes = true }).Verdict.ShouldBe(SpendVerdict.Go);
    }

    [Fact]
    public void Decide_MaxCostAndUnknownPrice_Refuses() =>
        SpendRule.Decide(Of(0, 0, unpriced: 10), Nothing with { MaxCostUsd = 90, Yes = true }).ShouldBe(
            new SpendDecision(SpendVerdict.Refuse, "The price of 10 items isn't known, so that --max-cost 90.0000 can't be kept."));

    [Theory]
    [InlineData(1, SpendVerdict.Go)]
    [InlineData(2, SpendVerdict.Ask)]
    [InlineData(100, SpendVerdict.Ask)]
    public void Decide_Canary_OnlyItsShareIsAtStake(int canary, SpendVerdict verdict) =>
        SpendRule.Decide(Of(50, 90), Nothing with { Canary = canary }).Verdict.ShouldBe(verdict);

    [Fact]
    public void CostOptions_Defaults_AskAboveFiftyDollars() => new CostOptions().AskAbove.ShouldBe(50m);

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1_000_000_000, true)]
    [InlineData(1_000_000_001, false)]
    public void CostOptionsValidator_AskAbove_HasARange(int usd, bool fine)
    {
        var result = new CostOptionsValidator().Validate(null, new CostOptions { AskAbove = usd });
        result.Succeeded.ShouldBe(fine);
        if (!fine) result.FailureMessage.ShouldBe($"Costs:AskAbove: '{usd}' must be from 0 to 1000000000.");
    }

    private static ManifestEstimate Of(double expected, double worst, long unpriced = 0) => new(
        new EstimateSum(10, 10, 10, default, default, (decimal)expected, (decimal)worst, unpriced), [], [], TimeSpan.Zero, [], [], [], 0);
}
