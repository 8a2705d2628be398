namespace Darkroom.Jobs.Throttling;

/// <summary>
/// Your account's limits: section <c>Limits</c>, by limits group as <c>darkroom models</c> shows it (<c>Limits__gpt-image-2__ImagesPerMinute</c>).
/// <c>Default</c> holds for every group that is not named. What is not set is not limited.
/// </summary>
public sealed class LimitsOptions : Dictionary<string, GroupLimits>
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Limits";

    /// <summary>The name that stands for every group not named.</summary>
    public const string DefaultGroup = "Default";

    private static readonly GroupLimits Unlimited = new();

    /// <summary>Makes empty limits; names compare without case, as configuration keys do.</summary>
    public LimitsOptions() : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>The limits of a group, a tier's numbers filled in.</summary>
    public GroupLimits For(string group) => TryGetValue(group, out var limits) || TryGetValue(DefaultGroup, out limits) ? LimitTiers.Resolve(limits) : Unlimited;
}
