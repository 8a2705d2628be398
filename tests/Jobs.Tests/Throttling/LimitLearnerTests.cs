using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class LimitLearnerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LimitLearner _learner;

    public LimitLearnerTests() => _learner = new LimitLearner(_time);

    [Fact]
    public void IsNews_ToldAgain_OnlyWhenItChangesOrAfterThreeMinutes()
    {
        _learner.IsNews(Told(60)).ShouldBeTrue();
        _learner.IsNews(Told(60)).ShouldBeFalse();
        _learner.IsNews(Told(50)).ShouldBeTrue();
        _learner.IsNews(Told(50, "other")).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(179));
        _learner.IsNews(Told(50)).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        _learner.IsNews(Told(50)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(LimitNewsKind.Throttled, 0)]
    [InlineData(LimitNewsKind.Slowed, 0)]
    [InlineData(LimitNewsKind.Answered, 1)]
    public void IsNews_RefusalsAndHolds_AlwaysAre(LimitNewsKind kind, int hold)
    {
        var news = new LimitNews("g", kind, new Dictionary<string, double>(StringComparer.Ordinal), TimeSpan.FromSeconds(hold));
        _learner.IsNews(news).ShouldBeTrue();
        _learner.IsNews(news).ShouldBeTrue();
    }

    [Fact]
    public void IsNews_OtherLimitTold_IsEveryFiveSeconds()
    {
        _learner.IsNews(Other("pixels")).ShouldBeTrue();
        _learner.IsNews(Other("pixels")).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(5));
        _learner.IsNews(Other("pixels")).ShouldBeTrue();
    }

    [Fact]
    public void IsNews_NamesMadeUpWithoutEnd_AreBoundedAndKeepNoLimitFromBeingLearned()
    {
        Enumerable.Range(0, 5000).Count(number => _learner.IsNews(Other($"made-up-{number}"))).ShouldBe(1000);
        _learner.IsNews(Told(60)).ShouldBeTrue();
    }

    private static LimitNews Told(double perMinute, string group = "g") =>
        new(group, LimitNewsKind.Answered, new Dictionary<string, double>(StringComparer.Ordinal) { [LimitDimension.Images] = perMinute }, TimeSpan.Zero);

    private static LimitNews Other(string name) => new("g", LimitNewsKind.Answered, new Dictionary<string, double>(StringComparer.Ordinal), TimeSpan.Zero)
    {
        Others = new Dictionary<string, ToldLimit>(StringComparer.Ordinal) { [name] = new(1000, 5, null) },
    };
}
