namespace Darkroom.Jobs.Estimates;

/// <summary>What makes calls alike in cost: the sums and the measured averages of an estimate are kept apart by it.</summary>
/// <param name="Model">As it is sent.</param>
/// <param name="Size">The <c>size</c> option, empty where unset.</param>
/// <param name="Quality">The <c>quality</c> option, empty where unset.</param>
/// <param name="N">Images asked for in a call; 0 in <see cref="Others"/>.</param>
public sealed record EstimateKey(string Model, string Size, string Quality, int N)
{
    /// <summary>What is added up here once there are too many kinds of calls to keep apart.</summary>
    public static readonly EstimateKey Others = new("(others)", "", "", 0);
}
