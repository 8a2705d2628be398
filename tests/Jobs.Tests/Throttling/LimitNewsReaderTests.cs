using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Throttling;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class LimitNewsReaderTests
{
    private static readonly GroupLimits NoLimits = new();
    private static readonly ServiceError Error = new(ErrorClasses.Throttled, "rate_limit_exceeded", "Rate limit reached");

    [Fact]
    public void Read_NothingTold_IsNull() => LimitNewsReader.Read("g", NoLimits, Answered()).ShouldBeNull();

    [Theory]
    [InlineData("requests", LimitDimension.Requests)]
    [InlineData("images", LimitDimension.Images)]
    [InlineData("output-images", LimitDimension.Images)]
    [InlineData("Output_Images", LimitDimension.Images)]
    [InlineData("input-images", LimitDimension.Images)]
    [InlineData("tokens", LimitDimension.Tokens)]
    [InlineData("total-tokens", LimitDimension.Tokens)]
    [InlineData("project-requests", LimitDimension.Requests)]
    [InlineData("organization-tokens", LimitDimension.Tokens)]
    public void Read_SuffixThatIsKnown_IsTheLimitOfItsDimension(string suffix, string dimension)
    {
        var news = LimitNewsReader.Read("g", NoLimits, Answered((suffix, Limit(60)))).ShouldNotBeNull();
        news.PerMinute.ShouldBe(new Dictionary<string, double> { [dimension] = 60 });
        (news.Group, news.Kind, news.Hold, news.Others.Count).ShouldBe(("g", LimitNewsKind.Answered, TimeSpan.Zero, 0));
    }

    [Fact]
    public void Read_InputImagesWhereTheyAreLimited_AreInputImages() =>
        LimitNewsReader.Read("g", new GroupLimits { InputImagesPerMinute = 9 }, Answered(("input-images", Limit(60))))!.PerMinute.Keys.ShouldBe([LimitDimension.InputImages]);

    [Fact]
    public void Read_SeveralOfOneDimension_TheLowestCounts() =>
        LimitNewsReader.Read("g", NoLimits, Answered(("requests", Limit(60)), ("project-requests", Limit(20)), ("organization-requests", Limit(500))))!
            .PerMinute.ShouldBe(new Dictionary<string, double> { [LimitDimension.Requests] = 20 });

    [Fact]
    public void Read_PageOfAnOverloadedGateway_SlowsThePaceThoughTheOutcomeIsUnknown()
    {
        var news = LimitNewsReader.Read("g", NoLimits, new EditOutcome.Unknown(Error) { HttpStatus = 503, RetryAfter = TimeSpan.FromSeconds(9) }).ShouldNotBeNull();
        (news.Kind, news.Hold).ShouldBe((LimitNewsKind.Slowed, TimeSpan.FromSeconds(9)));
        LimitNewsReader.Read("g", NoLimits, new EditOutcome.Unknown(Error) { HttpStatus = 504 }).ShouldBeNull();
    }

    [Fact]
    public void Read_SuffixOfItsOwn_IsLearnedAsItself()
    {
        var news = LimitNewsReader.Read("g", NoLimits, Answered(("pixels", new LimitSignal(1_000_000, 250_000, null, null, TimeSpan.FromSeconds(40))), ("requests-1d", Limit(500)))).ShouldNotBeNull();
        news.PerMinute.ShouldBeEmpty();
        news.Hold.ShouldBe(TimeSpan.Zero);
        news.Others["pixels"].ShouldBe(new ToldLimit(1_000_000, 250_000, TimeSpan.FromSeconds(40)));
        news.Others["requests-1d"].ShouldBe(new ToldLimit(500, null, null));
    }

    [Theory]
    [InlineData(40, 40)]
    [InlineData(4000, 60)]
    public void Read_SuffixOfItsOwnThatHasRunOut_HoldsUntilItsResetAMinuteAtMost(int reset, int hold) =>
        LimitNewsReader.Read("g", NoLimits, Answered(("pixels", new LimitSignal(null, 0, null, null, TimeSpan.FromSeconds(reset)))))!.Hold.ShouldBe(TimeSpan.FromSeconds(hold));

    [Theory]
    [InlineData(5, 30, 12)]
    [InlineData(5, 3, 3)]
    [InlineData(60, 30, 0)]
    [InlineData(6000, 30, 0)]
    public void Read_KnownLimitThatHasRunOut_HoldsForAUnitAtMost(long limit, int reset, int hold) =>
        LimitNewsReader.Read("g", NoLimits, Answered(("images", new LimitSignal(limit, 0, null, null, TimeSpan.FromSeconds(reset)))))!.Hold.ShouldBe(TimeSpan.FromSeconds(hold));

    [Fact]
    public void Read_SeveralThatHaveRunOut_TheLongestHolds() =>
        LimitNewsReader.Read("g", NoLimits, Answered(("pixels", Out(50)), ("images", Out(12)), ("voxels", Out(3))))!.Hold.ShouldBe(TimeSpan.FromSeconds(50));

    [Theory]
    [InlineData(0L)]
    [InlineData(-5L)]
    [InlineData(null)]
    public void Read_LimitThatMakesNoSense_TellsNothing(long? limit) =>
        LimitNewsReader.Read("g", NoLimits, Answered(("images", new LimitSignal(limit, null, null, null, null)), ("pixels", new LimitSignal(limit, null, null, null, null)))).ShouldBeNull();

    [Theory]
    [InlineData(null, 1)]
    [InlineData(12, 12)]
    [InlineData(7200, 600)]
    public void Read_Refused_HoldsAsLongAsItWasToldWithinBounds(int? told, int hold)
    {
        var refused = new EditOutcome.Throttled(Error, told is { } seconds ? TimeSpan.FromSeconds(seconds) : null) { HttpStatus = 429 };
        var news = LimitNewsReader.Read("g", NoLimits, refused).ShouldNotBeNull();
        (news.Kind, news.Hold).ShouldBe((LimitNewsKind.Throttled, TimeSpan.FromSeconds(hold)));
        news.Told.ShouldBe(told is { } said ? new ToldHold(TimeSpan.FromSeconds(said), 429, Error.Message) : null);
    }

    [Fact]
    public void Read_SuffixOfItsOwnThatHasRunOut_KeepsWhatItWasToldInFull() =>
        LimitNewsReader.Read("g", NoLimits, Answered(("pixels", Out(7200))))!.Told.ShouldNotBeNull().ShouldSatisfyAllConditions(
            told => told.Asked.ShouldBe(TimeSpan.FromHours(2)), told => told.Words.ShouldBe("x-ratelimit-remaining-pixels is 0."));

    public static TheoryData<EditOutcome> SlowDowns =>
    [
        new EditOutcome.Throttled(Error, null) { HttpStatus = 503 },
        new EditOutcome.Throttled(Error with { Code = "slow_down" }, null) { HttpStatus = 429 },
        new EditOutcome.ServerFailed(Error, null) { HttpStatus = 503 },
    ];

    [Theory]
    [MemberData(nameof(SlowDowns))]
    public void Read_SlowDown_CutsThePaceAndHoldsNothing(EditOutcome outcome)
    {
        var news = LimitNewsReader.Read("g", NoLimits, outcome).ShouldNotBeNull();
        (news.Kind, news.Hold).ShouldBe((LimitNewsKind.Slowed, TimeSpan.Zero));
    }

    [Fact]
    public void Read_SlowDownThatNamesAWait_HoldsSoLong() =>
        LimitNewsReader.Read("g", NoLimits, new EditOutcome.ServerFailed(Error, TimeSpan.FromSeconds(4)) { HttpStatus = 503 })!.Hold.ShouldBe(TimeSpan.FromSeconds(4));

    [Fact]
    public void Read_AnySuffixes_NeverFailsAndLosesNoLimit() =>
        Prop.ForAll(Gen.Elements("requests", "PIXELS", "a_b", "tokens", "project-", "x", "input-images", "übergröße", new string('n', 80)).ArrayOf().ToArbitrary(), suffixes =>
        {
            var distinct = suffixes.Distinct(StringComparer.Ordinal).ToArray();
            var news = LimitNewsReader.Read("g", NoLimits, Answered([.. distinct.Select(suffix => (suffix, Limit(7)))]));
            (news is null).ShouldBe(distinct.All(suffix => suffix.Length > 64));
            ((news?.PerMinute.Count ?? 0) + (news?.Others.Count ?? 0)).ShouldBe(distinct.Count(suffix => suffix.Length <= 64));
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private static LimitSignal Limit(long limit) => new(limit, null, null, null, null);

    private static LimitSignal Out(int reset) => new(1, 0, null, null, TimeSpan.FromSeconds(reset));

    private static EditOutcome.Succeeded Answered(params (string Suffix, LimitSignal Signal)[] told) => new(null, 1)
    {
        HttpStatus = 200,
        Limits = told.Length == 0 ? null : new LimitSignals(told.ToDictionary(pair => pair.Suffix, pair => pair.Signal, StringComparer.Ordinal)),
    };
}
