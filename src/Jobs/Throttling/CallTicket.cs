namespace Darkroom.Jobs.Throttling;

/// <summary>A call that asks the limiter for its start.</summary>
/// <param name="Group">Its limits group.</param>
/// <param name="Model">Its model.</param>
/// <param name="Cost">What it takes of each limit.</param>
public sealed record CallTicket(string Group, string Model, CallCost Cost)
{
    /// <summary>The batch among which calls that wait share the pace; calls without one share it as one batch.</summary>
    public string BatchId { get; init; } = "";

    /// <summary>The batch's part against others': see <see cref="BatchShares"/>.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Limits that the batch brought with it, kept by all processes together.</summary>
    public BatchCaps? Caps { get; init; }
}
