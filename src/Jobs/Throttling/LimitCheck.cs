using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Throttling;

/// <summary>Finds calls that could never be sent, since they alone take more than a minute of a limit has.</summary>
public static class LimitCheck
{
    /// <summary>What is wrong with a call, the limit's name in each reason; nothing when it fits.</summary>
    public static IEnumerable<FieldFault> Find(string group, GroupLimits limits, CallCost cost)
    {
        if (cost.Images > Math.Max(1, limits.ImagesPerMinute ?? double.PositiveInfinity))
            yield return Fault("options.n", $"asks for {cost.Images} images at once", nameof(limits.ImagesPerMinute), limits.ImagesPerMinute!.Value);
        if (cost.InputImages > Math.Max(1, limits.InputImagesPerMinute ?? double.PositiveInfinity))
            yield return Fault("images", $"sends {cost.InputImages} images along, the mask included", nameof(limits.InputImagesPerMinute), limits.InputImagesPerMinute!.Value);
        if (cost.Tokens > limits.TokensPerMinute)
            yield return Fault("options", $"is expected to take {cost.Tokens} tokens", nameof(limits.TokensPerMinute), limits.TokensPerMinute.Value);

        FieldFault Fault(string field, string takes, string name, double limit) => new(field, $"{takes}, and the limit {name} of {group} is {limit}: it could never be sent");
    }
}
