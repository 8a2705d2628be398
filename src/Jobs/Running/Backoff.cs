using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Running;

/// <summary>How long to wait before trying again: exponential with full jitter, so that many that failed together don't come back together.</summary>
public sealed class Backoff(Random random)
{
    /// <summary>The first wait at most.</summary>
    public static readonly TimeSpan Base = TimeSpan.FromSeconds(1);

    /// <summary>Any wait of ours at most.</summary>
    public static readonly TimeSpan Cap = TimeSpan.FromSeconds(60);

    /// <summary>Any wait that a server asked for at most: a longer one is a mistake, or comes again with the next answer.</summary>
    public static readonly TimeSpan ServerCap = TimeSpan.FromMinutes(10);

    /// <summary>A wait after so many failures (1-based), not shorter than the server asked for.</summary>
    public TimeSpan Next(int failures, TimeSpan? asked = null)
    {
        var bound = TimeSpan.FromSeconds(Math.Min(Cap.TotalSeconds, Base.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 30))));
        double share;
        lock (random) share = random.NextDouble();
        var own = bound * share;
        return asked is { } wait && Bounded(wait) > own ? Bounded(wait) : own;
    }

    /// <summary>What is said of a wait that is longer than <see cref="ServerCap"/>; null for others.</summary>
    public static string? Told(TimeSpan? asked) => asked > ServerCap ? $"The service said to wait {DurationText.Coarse(asked.Value)}; Darkroom asks again after {DurationText.Coarse(ServerCap)}." : null;

    /// <summary>A server's wait, within bounds.</summary>
    public static TimeSpan Bounded(TimeSpan asked) => asked > ServerCap ? ServerCap : asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
}
