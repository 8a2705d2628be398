using Darkroom.Simulator.Accounts;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Simulator.Tests.Accounts;

public sealed class LimitTests
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Images_WindowFull_AnswersTheServicesTextAndHeaders()
    {
        await using var simulation = await Simulation.StartAsync(new() { ImagesPerMinute = 5, TimeProvider = time, OutputBytes = 1024 });
        await simulation.EditOkAsync(("n", 3));
        time.Advance(TimeSpan.FromSeconds(48));
        await simulation.EditOkAsync(("n", 2));
        using var refused = await simulation.EditAsync(Simulation.Body());
        ((int)refused.StatusCode).ShouldBe(429);
        var text = await refused.Content.ReadAsStringAsync(Simulation.Token);
        text.ShouldContain(
            "Rate limit reached for gpt-image-2 (for limit gpt-image) in organization org-simulator on input-images per min: Limit 5, Used 5, Requested 1. Please try again in 12s.");
        text.ShouldContain("\"code\":\"rate_limit_exceeded\"");
        refused.Headers.GetValues("retry-after-ms").ShouldBe(["12000"]);
        refused.Headers.GetValues("retry-after").ShouldBe(["12"]);
        time.Advance(TimeSpan.FromSeconds(12));
        await simulation.EditOkAsync(("n", 3));
        (await simulation.EditRefusedAsync(Simulation.Body())).Status.ShouldBe(429);
        var summary = simulation.Server.Account.Summary;
        summary.Throttled.ShouldBe(2);
        summary.AcceptedImages.Values.ShouldBe([3, 2, 3]);
    }

    [Fact]
    public async Task Images_SliceOfASecond_WaitsInMilliseconds()
    {
        await using var simulation = await Simulation.StartAsync(new()
        {
            ImagesPerMinute = 120,
            LimitWindow = TimeSpan.FromSeconds(1),
            TimeProvider = time,
            OutputBytes = 1024,
            RetryAfterHeaders = false,
        });
        await simulation.EditOkAsync(("n", 2));
        time.Advance(TimeSpan.FromMilliseconds(650));
        using var refused = await simulation.EditAsync(Simulation.Body());
        (await refused.Content.ReadAsStringAsync(Simulation.Token)).ShouldContain("Limit 120, Used 120, Requested 1. Please try again in 350ms.");
        refused.Headers.Contains("retry-after").ShouldBeFalse();
        refused.Headers.Contains("retry-after-ms").ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Images_WindowsThatFollowOneAnother_ForgetAtTheirEnd(bool slices)
    {
        await using var simulation = await Simulation.StartAsync(new()
        {
            ImagesPerMinute = 120,
            LimitWindow = TimeSpan.FromSeconds(1),
            LimitSlices = slices,
            TimeProvider = time,
            OutputBytes = 1024,
        });
        time.Advance(TimeSpan.FromMilliseconds(900));
        await simulation.EditOkAsync(("n", 2));
        using var refused = await simulation.EditAsync(Simulation.Body());
        (await refused.Content.ReadAsStringAsync(Simulation.Token)).ShouldContain($"Please try again in {(slices ? "100ms" : "1s")}.");

        time.Advance(TimeSpan.FromMilliseconds(100));
        if (slices) await simulation.EditOkAsync(("n", 2));
        else (await simulation.EditRefusedAsync(Simulation.Body())).Status.ShouldBe(429);
        time.Advance(TimeSpan.FromMilliseconds(900));
        if (slices) (await simulation.EditRefusedAsync(Simulation.Body())).Status.ShouldBe(429);
        else await simulation.EditOkAsync(("n", 2));
    }

    [Fact]
    public async Task Images_MoreThanTheLimit_NeverFit()
    {
        await using var simulation = await Simulation.StartAsync(new() { ImagesPerMinute = 5, TimeProvider = time });
        var (_, error) = await simulation.EditRefusedAsync(Simulation.Body(("n", 6)));
        error["message"]!.GetValue<string>().ShouldBe(
            "Request too large for gpt-image-2 (for limit gpt-image) in organization org-simulator on input-images per min: Limit 5, Requested 6.");
    }

    [Fact]
    public async Task Requests_LimitAndHeaders_AreTold()
    {
        await using var simulation = await Simulation.StartAsync(new() { RequestsPerMinute = 2, TimeProvider = time, OutputBytes = 1024, RateLimitHeaders = true });
        using var first = await simulation.EditAsync(Simulation.Body());
        first.Headers.GetValues("x-ratelimit-limit-requests").ShouldBe(["2"]);
        first.Headers.GetValues("x-ratelimit-remaining-requests").ShouldBe(["1"]);
        first.Headers.GetValues("x-ratelimit-reset-requests").ShouldBe(["60s"]);
        await simulation.EditOkAsync();
        var (_, error) = await simulation.EditRefusedAsync(Simulation.Body());
        error["message"]!.GetValue<string>().ShouldContain("on requests per min: Limit 2, Used 2, Requested 1. Please try again in 60s.");
    }

    [Fact]
    public async Task MaxInFlight_OneMore_IsToldToSlowDown()
    {
        await using var simulation = await Simulation.StartAsync(new() { MaxInFlight = 1, Latency = TimeSpan.FromSeconds(10), TimeProvider = time, OutputBytes = 1024 });
        var first = simulation.EditAsync(Simulation.Body());
        await Simulation.UntilAsync(() => simulation.Server.Account.Summary.AcceptedImages.Count > 0);

        (await simulation.EditRefusedAsync(Simulation.Body())).Error["code"]!.GetValue<string>().ShouldBe("slow_down");
        await Simulation.UntilAsync(() =>
        {
            // The delay may begin after the first advance.
            time.Advance(TimeSpan.FromSeconds(60));
            return first.IsCompleted;
        });

        ((int)(await first).StatusCode).ShouldBe(200);
        simulation.Server.Account.Summary.MaxInFlight.ShouldBe(2);
    }

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(349.2, "350ms")]
    [InlineData(12_000, "12s")]
    [InlineData(1500, "1.5s")]
    public void Format_Wait_IsTheServicesForm(double milliseconds, string text) => Durations.Format(TimeSpan.FromMilliseconds(milliseconds)).ShouldBe(text);
}
