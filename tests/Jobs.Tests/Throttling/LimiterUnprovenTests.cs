using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

/// <summary>Until an endpoint has given an image with a model, few calls of it are out.</summary>
public sealed class LimiterUnprovenTests : LimiterTest
{
    private const string Place = "https://api.openai.com:443/v1/images/edits";

    public LimiterUnprovenTests() => Breaker.Unproven = 8;

    [Fact]
    public async Task EnterAsync_NeverProven_WaitsForOneOfTheFewPlacesAndThenForItsGroup()
    {
        var limiter = Limiter();
        limiter.UnprovenAppetite("m").ShouldBe(8);
        var entering = EnterAsync(limiter, "m");
        var few = await Store.NextAsync();
        (few.Group, few.Limits.MaxInFlight, few.Limits.ImagesPerMinute).ShouldBe(($"unproven:{Place} m", 8, null));
        entering.IsCompleted.ShouldBeFalse();
        few.Grant(0);
        var own = await Store.NextAsync();
        own.Group.ShouldBe("g");
        own.Grant(0);
        await (await entering).DisposeAsync();
        await Running.Wait.UntilAsync(() => Store.Released == 2);
        Store.Proofs.ShouldBe([$"? {Place} m"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(23)]
    public async Task EnterAsync_ProvenWithinADay_GoesByItsGroupAlone(int hours)
    {
        Store.Proven["m"] = TimeSpan.FromHours(hours);
        var limiter = Limiter();
        var entering = EnterAsync(limiter, "m");
        var own = await Store.NextAsync();
        own.Group.ShouldBe("g");
        own.Grant(0);
        await entering;
        limiter.UnprovenAppetite("m").ShouldBeNull();
        // What is proven is asked for once, until it is too long ago.
        await GrantAsync(EnterAsync(limiter, "m"));
        Store.Proofs.Count.ShouldBe(1);
        Time.Advance(TimeSpan.FromHours(24 - hours));
        limiter.UnprovenAppetite("m").ShouldBe(8);
    }

    [Fact]
    public async Task EnterAsync_ProvenTooLongAgo_IsBounded()
    {
        Store.Proven["m"] = TimeSpan.FromHours(24);
        _ = EnterAsync(Limiter(), "m");
        (await Store.NextAsync()).Group.ShouldStartWith("unproven:");
    }

    [Fact]
    public async Task ProveAsync_FirstImage_OpensItUpForThatModelAndIsWrittenOnceAnHour()
    {
        var limiter = Limiter();
        await limiter.ProveAsync("m", Cancel);
        await limiter.ProveAsync("m", Cancel);
        limiter.UnprovenAppetite("m").ShouldBeNull();
        limiter.UnprovenAppetite("other").ShouldBe(8);
        Store.Proofs.ShouldBe([$"! {Place} m"]);
        Time.Advance(TimeSpan.FromHours(23));
        await limiter.ProveAsync("m", Cancel);
        Time.Advance(TimeSpan.FromHours(23));
        limiter.UnprovenAppetite("m").ShouldBeNull();
        Store.Proofs.Count.ShouldBe(2);
    }

    [Fact]
    public async Task EnterAsync_ManyThatAreUnproven_AskOnceASecond()
    {
        var limiter = Limiter();
        for (var call = 0; call < 5; call++) _ = EnterAsync(limiter, "m");
        await Store.NextAsync();
        Store.Proofs.Count.ShouldBe(1);
        // Another process has had an image meanwhile.
        Store.Proven["m"] = TimeSpan.Zero;
        Time.Advance(TimeSpan.FromSeconds(1));
        _ = EnterAsync(limiter, "m");
        await Running.Wait.UntilAsync(() => Store.Proofs.Count == 2);
        limiter.UnprovenAppetite("m").ShouldBeNull();
    }

    [Fact]
    public void UnprovenAppetite_Off_IsNone()
    {
        Breaker.Unproven = 0;
        Limiter().UnprovenAppetite("m").ShouldBeNull();
    }

    [Theory]
    [InlineData("http://Host.example/v1", "http://host.example:80/v1/images/edits")]
    [InlineData("https://user:secret@host.example:8443/v1/?api-version=1&sig=secret", "https://host.example:8443/v1/images/edits")]
    public void Place_Endpoint_IsSchemeHostPortAndPath(string address, string place) => new EndpointOptions { BaseUrl = address }.Place.ShouldBe(place);

    private static Task<ICallPlace> EnterAsync(Limiter limiter, string model) => limiter.EnterAsync(new CallTicket("g", model, new CallCost(1, 0, 0)), Cancel);

    private async Task GrantAsync(Task<ICallPlace> entering)
    {
        (await Store.NextAsync()).Grant(0);
        await entering;
    }
}
