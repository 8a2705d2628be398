using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;

namespace Darkroom.Jobs.Tests.Running;

public sealed class CallCostsTests
{
    private readonly CallCosts _costs = new(Claims.Pricing());

    [Fact]
    public void Of_Item_CountsImagesAskedForAndSentAlongTheMaskIncluded()
    {
        var cost = _costs.Of(Claims.Item());
        (cost.Images, cost.InputImages).ShouldBe((2, 3));
        cost.Tokens.ShouldBe(Claims.Pricing().Estimate(Claims.Item()).Expected.Total);
        cost.Tokens.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Of_AfterACall_IsWhatItTook()
    {
        _costs.Took(Claims.Item(), Ended(1000)).ShouldBe(1000);
        _costs.Of(Claims.Item(id: 8, batch: "other")).Tokens.ShouldBe(1000);
    }

    [Fact]
    public void Of_AfterManyCalls_FollowsTheirAverage()
    {
        _costs.Took(Claims.Item(), Ended(1000));
        _costs.Took(Claims.Item(), Ended(1800));
        _costs.Of(Claims.Item()).Tokens.ShouldBe(1100);
        for (var call = 0; call < 100; call++) _costs.Took(Claims.Item(), Ended(1800));
        _costs.Of(Claims.Item()).Tokens.ShouldBeInRange(1795, 1800);
    }

    [Fact]
    public void Of_AnotherKindOfCall_IsEstimatedByItself()
    {
        var before = _costs.Of(Claims.Item());
        var high = Claims.Item() with { Options = EditOptions.Parse("""{"model":"gpt-image-2","quality":"high","size":"1024x1024","n":2}""") };
        _costs.Took(high, Ended(123_456));
        _costs.Of(Claims.Item()).ShouldBe(before);
        _costs.Of(high).Tokens.ShouldBe(123_456);
    }

    [Theory]
    [InlineData(AttemptState.Rejected, 0L)]
    [InlineData(AttemptState.Throttled, 0L)]
    [InlineData(AttemptState.NotSent, 0L)]
    [InlineData(AttemptState.Halted, 0L)]
    [InlineData(AttemptState.ServerFailed, null)]
    [InlineData(AttemptState.Unknown, null)]
    public void Took_CallWithoutAnAnswer_IsNothingWhereItWasRefusedElseUnknown(string state, long? took)
    {
        var before = _costs.Of(Claims.Item());
        _costs.Took(Claims.Item(), new ItemCompletion(Claims.Item(), ItemState.Pending) { AttemptState = state }).ShouldBe(took);
        _costs.Of(Claims.Item()).ShouldBe(before);
    }

    [Theory]
    [InlineData(LedgerKinds.Unreported)]
    [InlineData(LedgerKinds.Estimated)]
    public void Took_AnswerWithoutUsage_LeavesWhatWasExpected(string kind)
    {
        var before = _costs.Of(Claims.Item());
        _costs.Took(Claims.Item(), Ended(7, kind)).ShouldBeNull();
        _costs.Of(Claims.Item()).ShouldBe(before);
    }

    private static ItemCompletion Ended(long tokens, string kind = LedgerKinds.Reported) => new(Claims.Item(), ItemState.Succeeded)
    {
        AttemptState = AttemptState.Succeeded,
        Ledger = new LedgerEntry(kind, new TokenUsage(tokens, 0, 0, 0), 2, 0.1m, "test"),
    };
}
