namespace Darkroom.Jobs.Waits;

/// <summary>What a batch can wait for. The names are an API.</summary>
public static class WaitKinds
{
    /// <summary>The next start lies ahead, by a limit that is configured or was learned.</summary>
    public const string Limit = "limit";

    /// <summary>The service told to wait.</summary>
    public const string Hold = "hold";

    /// <summary>The hours in which calls may start haven't come yet.</summary>
    public const string Window = "window";

    /// <summary>All open items were tried and wait for their next try.</summary>
    public const string Backoff = "backoff";

    /// <summary>No worker has taken the batch, or other batches have all places.</summary>
    public const string Queue = "queue";

    /// <summary>The batch is halted and tries one call at a time of its own (<c>--probe</c>).</summary>
    public const string Probe = "probe";

    /// <summary>What is left of a budget is reserved for calls in flight.</summary>
    public const string Budget = "budget";
}
