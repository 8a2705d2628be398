using Darkroom.Jobs.Tests.Running;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

/// <summary>How many calls a process gets ready.</summary>
public sealed class LimiterAppetiteTests : LimiterTest
{
    [Theory]
    [InlineData(60.0, null, null, 5)]
    [InlineData(60.0, null, 3, 3)]
    [InlineData(null, 6000.0, null, 302)]
    [InlineData(600.0, 60.0, null, 5)]
    [InlineData(1.0, null, null, 2)]
    [InlineData(null, null, null, int.MaxValue)]
    [InlineData(null, null, 8, 8)]
    public void Appetite_NobodyWaiting_IsThreeSecondsAheadAndTwo(double? images, double? requests, int? inFlight, int expected)
    {
        Limits["g"] = new GroupLimits { ImagesPerMinute = images, RequestsPerMinute = requests, MaxInFlight = inFlight };
        Limiter().Appetite("g").ShouldBe(expected);
    }

    [Fact]
    public async Task Appetite_ManyWaiting_IsNeverNegative()
    {
        var limiter = Limiter();
        for (var at = 0; at < 9; at++) _ = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        await Store.NextAsync();
        limiter.Appetite("g").ShouldBe(0);
    }

    [Theory]
    [InlineData(6000, 271, 0)]
    [InlineData(6000, 270, 32)]
    [InlineData(600, 25, 0)]
    [InlineData(600, 24, 8)]
    public async Task Appetite_LittleMissing_WaitsForASetOrAQuarterOfWhatIsWanted(int perMinute, int ahead, int expected)
    {
        Limits["g"] = new GroupLimits { ImagesPerMinute = perMinute };
        var limiter = Limiter();
        for (var at = 0; at < ahead; at++) _ = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        await Store.NextAsync();
        limiter.Appetite("g").ShouldBe(expected);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Appetite_HeldUpByALimitThatIsNotConfigured_IsWhatStartedLatelyAndTwo(bool learns)
    {
        Limits["g"] = new GroupLimits { Learn = learns };
        var limiter = Limiter();
        _ = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        var first = await Store.NextAsync();
        for (var at = 0; at < 9; at++) _ = limiter.EnterAsync(new CallTicket("g", "m", default), Cancel);
        limiter.Appetite("g").ShouldBe(int.MaxValue);
        first.Grant(0);

        // Five start, and five wait for half a minute: of seven that are wanted two are missing.
        (await Store.NextAsync()).Answer(new StartReservation(new TimeSpan[4], TimeSpan.FromSeconds(30)));
        await Wait.UntilAsync(() => limiter.Appetite("g") == 2);
        // What started long ago doesn't count.
        Time.Advance(TimeSpan.FromSeconds(3));
        limiter.Appetite("g").ShouldBe(0);

        await AdvanceUntilAsync(() => Store.Asked >= 3);
        (await Store.NextAsync()).Grant(0, 0, 0, 0, 0);
        await Wait.UntilAsync(() => limiter.Appetite("g") == int.MaxValue);
    }
}
