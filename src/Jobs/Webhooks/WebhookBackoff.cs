namespace Darkroom.Jobs.Webhooks;

/// <summary>When a delivery that failed is sent again: eleven times, growing, over a day.</summary>
public static class WebhookBackoff
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
        TimeSpan.FromHours(2), TimeSpan.FromHours(3), TimeSpan.FromHours(4), TimeSpan.FromHours(6), TimeSpan.FromHours(8),
    ];

    /// <summary>The wait after an attempt; null when that was the last one.</summary>
    /// <param name="attempts">Attempts so far, 1 or more.</param>
    public static TimeSpan? After(int attempts) => attempts <= Waits.Length ? Waits[attempts - 1] : null;
}
