namespace Darkroom.Worker.Engines;

/// <summary>The engines' intervals. The defaults follow queue-facts.md.</summary>
internal sealed record EngineTimings
{
    /// <summary>
    /// How often a free place looks for a lane; not less than a second for Quartz. The process that queues a lane looks at once: news reach every process, so
    /// this is the net.
    /// </summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often Hangfire looks for schedules and retries that are due; each time takes a dozen statements, and what is late our own sweep fires.</summary>
    public TimeSpan SchedulePollInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a lane of a silent Hangfire process stays its own.</summary>
    public TimeSpan InvisibilityTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a Quartz process says that it lives.</summary>
    public TimeSpan CheckinInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How late that may be before others take its lanes; above the longest pause of a live process.</summary>
    public TimeSpan CheckinGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after the stop was asked for lanes are canceled.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long canceled lanes may take to return; longer than <see cref="StopTimeout"/>, shorter than the host's time.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
