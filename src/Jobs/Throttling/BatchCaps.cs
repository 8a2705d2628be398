namespace Darkroom.Jobs.Throttling;

/// <summary>What a batch may take at most, whatever the account allows.</summary>
/// <param name="ImagesPerMinute">Images asked for a minute (n counts), or null.</param>
/// <param name="MaxInFlight">Calls in flight at once, over all processes, or null.</param>
public sealed record BatchCaps(double? ImagesPerMinute, int? MaxInFlight)
{
    /// <summary>The name under which the limit store keeps them, beside the limits groups.</summary>
    public static string GroupOf(string batchId) => "batch:" + batchId;

    /// <summary>Whether a group's name stands for a batch's caps.</summary>
    public static bool Owns(string group) => group.StartsWith("batch:", StringComparison.Ordinal);

    /// <summary>As the limits of a group.</summary>
    public GroupLimits ToLimits() => new() { ImagesPerMinute = ImagesPerMinute, MaxInFlight = MaxInFlight, Margin = 0 };
}
