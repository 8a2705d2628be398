using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class ToldHoldTests : LimiterTest
{
    [Fact]
    public async Task LearnAsync_ToldToWait_KeepsTheWordsShortAndWithoutSecrets()
    {
        var words = "Slow down, Bearer abcdef0123456789. " + new string('x', 400);
        await Limiter().LearnAsync(new LimitNews("g", LimitNewsKind.Throttled, new Dictionary<string, double>(StringComparer.Ordinal), TimeSpan.FromMinutes(10))
        {
            Told = new ToldHold(TimeSpan.FromHours(3), 429, words),
        }, Cancel);

        Store.News.TryDequeue(out var kept).ShouldBeTrue();
        var told = kept!.Told.ShouldNotBeNull();
        told.Words.ShouldStartWith("Slow down, Bearer ***");
        (told.Words.Length, told.Asked, kept.Hold).ShouldBe((ToldHold.MostWords, TimeSpan.FromHours(3), TimeSpan.FromMinutes(10)));
    }
}
