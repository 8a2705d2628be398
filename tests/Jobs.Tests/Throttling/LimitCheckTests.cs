using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class LimitCheckTests
{
    private static readonly GroupLimits Limits = new() { ImagesPerMinute = 5, InputImagesPerMinute = 8, TokensPerMinute = 10_000, RequestsPerMinute = 0.5, MaxInFlight = 1 };

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(5, 8, 10_000)]
    public void Find_WhatAMinuteHas_Fits(int images, int inputs, long tokens) => LimitCheck.Find("g", Limits, new CallCost(images, inputs, tokens)).ShouldBeEmpty();

    [Theory]
    [InlineData(6, 1, 0, "options.n", "asks for 6 images at once, and the limit ImagesPerMinute of g is 5: it could never be sent")]
    [InlineData(1, 9, 0, "images", "sends 9 images along, the mask included, and the limit InputImagesPerMinute of g is 8: it could never be sent")]
    [InlineData(1, 1, 10_001, "options", "is expected to take 10001 tokens, and the limit TokensPerMinute of g is 10000: it could never be sent")]
    public void Find_MoreThanAMinuteHas_IsRefusedWithTheLimitsName(int images, int inputs, long tokens, string field, string reason)
    {
        var fault = LimitCheck.Find("g", Limits, new CallCost(images, inputs, tokens)).ShouldHaveSingleItem();
        (fault.Field, fault.Reason).ShouldBe((field, reason));
    }

    [Fact]
    public void Find_TooMuchOfAll_NamesEach() => LimitCheck.Find("g", Limits, new CallCost(10, 17, 99_999)).Count().ShouldBe(3);

    [Fact]
    public void Find_LimitBelowOneAMinute_LetsASingleOneThrough() =>
        LimitCheck.Find("g", new GroupLimits { ImagesPerMinute = 0.1, InputImagesPerMinute = 0.1 }, new CallCost(1, 1, 5)).ShouldBeEmpty();

    [Fact]
    public void Find_NoLimits_Fits() => LimitCheck.Find("g", new GroupLimits(), new CallCost(10, 17, long.MaxValue)).ShouldBeEmpty();
}
