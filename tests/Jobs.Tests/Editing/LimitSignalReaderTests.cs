using System.Net;
using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class LimitSignalReaderTests
{
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Read_HeadersOfAnySuffix_AreOneSignalEach()
    {
        var signals = Read(null,
            ("x-ratelimit-limit-requests", "5,000"), ("x-ratelimit-remaining-requests", "4999"), ("x-ratelimit-reset-requests", "12ms"),
            ("X-RateLimit-Limit-Input-Images", "250"), ("x-ratelimit-reset-input-images", "1m30s"), ("x-ratelimit-remaining-made-up-thing", "7"));
        signals.Limits!.Dimensions.Count.ShouldBe(3);
        signals.Limits.Dimensions["requests"].ShouldBe(new LimitSignal(5000, 4999, null, null, TimeSpan.FromMilliseconds(12)));
        signals.Limits.Dimensions["input-images"].ShouldBe(new LimitSignal(250, null, null, null, TimeSpan.FromSeconds(90)));
        signals.Limits.Dimensions["made-up-thing"].ShouldBe(new LimitSignal(null, 7, null, null, null));
    }

    [Theory]
    [InlineData("x-ratelimit-limit-requests", "many")]
    [InlineData("x-ratelimit-limit-requests", "")]
    [InlineData("x-ratelimit-limit-requests", "99999999999999999999999999999999")]
    [InlineData("x-ratelimit-reset-requests", "-3s")]
    [InlineData("x-ratelimit-reset-requests", "1764000000")]
    [InlineData("x-ratelimit-limit", "5")]
    [InlineData("x-ratelimit-limit-", "5")]
    [InlineData("x-ratelimit-", "5")]
    [InlineData("x-ratelimit-color-requests", "5")]
    public void Read_Garbage_ReadsAsAbsent(string name, string value) => Read(null, (name, value)).ShouldBe(CallSignals.None);

    [Theory]
    [InlineData("12s", 12_000)]
    [InlineData("350ms", 350)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1m2.5s", 62_500)]
    [InlineData("6m0s", 360_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d2h", 93_600_000)]
    [InlineData("17", 17_000)]
    [InlineData("0.25", 250)]
    [InlineData(" 3s ", 3000)]
    public void DurationText_EveryForm_IsRead(string text, int milliseconds) => DurationText.Parse(text).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("s")]
    [InlineData("1x")]
    [InlineData("-1s")]
    [InlineData("1e9s")]
    [InlineData("NaN")]
    [InlineData("999999999999d")]
    public void DurationText_Garbage_IsNull(string? text) => DurationText.Parse(text).ShouldBeNull();

    [Fact]
    public void Read_Waits_MillisecondsBeforeSecondsBeforeText()
    {
        Read("Please try again in 9s.", ("retry-after-ms", "1500"), ("Retry-After", "7")).RetryAfter.ShouldBe(TimeSpan.FromMilliseconds(1500));
        Read("Please try again in 9s.", ("retry-after-ms", "x"), ("Retry-After", "7")).RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
        Read("Please try again in 9s.", ("Retry-After", "?")).RetryAfter.ShouldBe(TimeSpan.FromSeconds(9));
        Read(null).RetryAfter.ShouldBeNull();
    }

    [Theory]
    [InlineData("Sun, 22 Nov 2026 12:00:30 GMT", 30)]
    [InlineData("Sun, 22 Nov 2026 11:00:00 GMT", 0)]
    [InlineData("0", 0)]
    public void Read_RetryAfterDate_IsTheTimeUntilThen(string value, int seconds) => Read(null, ("Retry-After", value)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("Wed, 22 Nov 2090 12:00:30 GMT")]
    [InlineData("-5")]
    public void Read_RetryAfterBeyondBelief_IsAbsent(string value) => Read(null, ("Retry-After", value)).RetryAfter.ShouldBeNull();

    [Theory]
    [InlineData("true", true)]
    [InlineData("False", false)]
    [InlineData("maybe", null)]
    public void Read_ShouldRetry_IsRead(string value, bool? expected) => Read(null, ("x-should-retry", value)).ShouldRetry.ShouldBe(expected);

    [Fact]
    public void Read_TextOfA429_GivesDimensionNumbersScopeAndWait()
    {
        var signals = Read("Rate limit reached for gpt-image-2 (for limit gpt-image) in organization org-1 on input-images per min: Limit 5, Used 5, Requested 1. Please try again in 12s. Visit us.");
        signals.RetryAfter.ShouldBe(TimeSpan.FromSeconds(12));
        signals.Limits!.Scope.ShouldBe("gpt-image");
        signals.Limits.Dimensions.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create("input-images", new LimitSignal(5, null, 5, 1, TimeSpan.FromSeconds(12))));
    }

    [Theory]
    [InlineData("on tokens per min (TPM): Limit 1,250,000, Used 1,249,999, Requested 4_160. Please try again in 350ms.", "tokens", 1250000, 1249999, 4160, 350)]
    [InlineData("on requests per min. Limit: 3 / min. Please try again in 20s.", "requests", 3, null, null, 20000)]
    [InlineData("on images per day (IPD): Limit 100, Used 100, Requested 1. Please try again in 14m24s.", "images-per-day", 100, 100, 1, 864000)]
    [InlineData("ON INPUT IMAGES PER MINUTE: LIMIT 5. Try again in 1m2.5s", "input-images", 5, null, null, 62500)]
    [InlineData("on requests per min: Limit x, Used 99999999999999999999, Requested -1. Please try again in a while.", "requests", null, null, null, null)]
    public void LimitText_OtherForms_AreRead(string text, string dimension, int? limit, int? used, int? requested, int? milliseconds)
    {
        TimeSpan? wait = milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
        var read = LimitText.Parse(text);
        (read.Dimension, read.Wait).ShouldBe((dimension, wait));
        read.Signal.ShouldBe(new LimitSignal(limit, null, used, requested, wait));
    }

    [Fact]
    public void Read_HeaderAndTextOfOneDimension_AreMerged() =>
        Read("on requests per min: Limit 5, Used 5, Requested 1. Please try again in 12s.", ("x-ratelimit-limit-requests", "6"), ("x-ratelimit-remaining-requests", "0"))
            .Limits!.Dimensions["requests"].ShouldBe(new LimitSignal(6, 0, 5, 1, TimeSpan.FromSeconds(12)));

    private static CallSignals Read(string? message, params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.OK);
        foreach (var (name, value) in headers) response.Headers.TryAddWithoutValidation(name, value);
        return new LimitSignalReader(Time).Read(response.Headers, message);
    }
}
