namespace Darkroom.Jobs.Throttling;

/// <summary>The published limits of the service's tiers (docs/endpoint.md, Limits).</summary>
public static class LimitTiers
{
    private static readonly (double Images, double Tokens)[] Tiers = [(5, 100_000), (20, 250_000), (50, 800_000), (150, 3_000_000), (250, 8_000_000)];

    /// <summary>The limits with a tier's numbers where nothing is set; the same ones where no tier is.</summary>
    public static GroupLimits Resolve(GroupLimits limits)
    {
        if (limits.Tier is not (>= 1 and <= 5)) return limits;
        var (images, tokens) = Tiers[limits.Tier.Value - 1];
        return new GroupLimits
        {
            Tier = limits.Tier,
            RequestsPerMinute = limits.RequestsPerMinute,
            ImagesPerMinute = limits.ImagesPerMinute ?? images,
            InputImagesPerMinute = limits.InputImagesPerMinute,
            TokensPerMinute = limits.TokensPerMinute ?? tokens,
            MaxInFlight = limits.MaxInFlight,
            Learn = limits.Learn,
            Window = limits.Window,
            Margin = limits.Margin,
            ThrottledFor = limits.ThrottledFor,
        };
    }
}
