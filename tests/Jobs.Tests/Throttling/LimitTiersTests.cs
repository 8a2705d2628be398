using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class LimitTiersTests
{
    [Theory]
    [InlineData(1, 5, 100_000)]
    [InlineData(2, 20, 250_000)]
    [InlineData(3, 50, 800_000)]
    [InlineData(4, 150, 3_000_000)]
    [InlineData(5, 250, 8_000_000)]
    public void Resolve_Tier_HasThePublishedLimits(int tier, double images, double tokens)
    {
        var limits = LimitTiers.Resolve(new GroupLimits { Tier = tier });
        (limits.ImagesPerMinute, limits.TokensPerMinute, limits.RequestsPerMinute, limits.InputImagesPerMinute, limits.MaxInFlight).ShouldBe((images, tokens, null, null, null));
    }

    [Fact]
    public void Resolve_LimitsSetBesideATier_Stand()
    {
        var set = new GroupLimits
        {
            Tier = 2,
            RequestsPerMinute = 1,
            ImagesPerMinute = 2,
            InputImagesPerMinute = 3,
            TokensPerMinute = 4,
            MaxInFlight = 5,
            Learn = true,
            Window = TimeSpan.FromSeconds(7),
            Margin = 0.1,
        };
        var limits = LimitTiers.Resolve(set);
        // Every property, those added later as well.
        foreach (var property in typeof(GroupLimits).GetProperties()) property.GetValue(limits).ShouldBe(property.GetValue(set), property.Name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(6)]
    public void Resolve_NoSuchTier_IsTheLimitsThemselves(int? tier)
    {
        var limits = new GroupLimits { Tier = tier };
        LimitTiers.Resolve(limits).ShouldBeSameAs(limits);
    }

    [Fact]
    public void For_GroupWithATier_IsResolved() => new LimitsOptions { ["Default"] = new() { Tier = 3 } }.For("any").ImagesPerMinute.ShouldBe(50);

    [Fact]
    public void GroupLimits_NothingSet_AreThese()
    {
        var limits = new GroupLimits();
        (limits.Tier, limits.Learn, limits.Window, limits.Margin).ShouldBe((null, false, TimeSpan.FromMinutes(1), 0.006));
    }

    [Theory]
    [InlineData("Tier", 0, "Limits:g:Tier: '0' must be from 1 to 5.")]
    [InlineData("Tier", 6, "Limits:g:Tier: '6' must be from 1 to 5.")]
    [InlineData("Margin", -0.1, "Limits:g:Margin: '-0.1' must be from 0 to 0.5.")]
    [InlineData("Margin", 0.6, "Limits:g:Margin: '0.6' must be from 0 to 0.5.")]
    [InlineData("Window", "00:00:00.5", "Limits:g:Window: '00:00:00.5000000' must be from 00:00:01 to 00:01:00.")]
    [InlineData("Window", "00:01:01", "Limits:g:Window: '00:01:01' must be from 00:00:01 to 00:01:00.")]
    public void Validate_OutOfRange_IsRefusedWithKeyValueAndReason(string key, object value, string message)
    {
        var limits = new GroupLimits();
        typeof(GroupLimits).GetProperty(key)!.SetValue(limits, value is string text ? TimeSpan.Parse(text) : value);
        new LimitsOptionsValidator().Validate(null, new LimitsOptions { ["g"] = limits }).Failures.ShouldBe([message]);
    }
}
