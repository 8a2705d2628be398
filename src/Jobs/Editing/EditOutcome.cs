namespace Darkroom.Jobs.Editing;

/// <summary>What came of one call: a closed hierarchy. The mapping from an HTTP answer to an outcome is in one place, <c>OutcomeClassifier</c>.</summary>
public abstract record EditOutcome
{
    private EditOutcome()
    {
    }

    /// <summary>HTTP status, or null when no answer came.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The service's <c>x-request-id</c>, or null.</summary>
    public string? RequestId { get; init; }

    /// <summary>What the answer's headers and text said of limits, or null when nothing.</summary>
    public LimitSignals? Limits { get; init; }

    /// <summary>The answer is whole; its images lie decoded in the sink, not yet committed.</summary>
    /// <param name="UsageJson">The raw <c>usage</c> object as it came, or null when the answer had none.</param>
    /// <param name="Images">How many final images came.</param>
    public sealed record Succeeded(string? UsageJson, int Images) : EditOutcome;

    /// <summary>Refused for good; never retried.</summary>
    public sealed record Rejected(ServiceError Error) : EditOutcome;

    /// <summary>Not now: wait; no attempt is spent.</summary>
    /// <param name="Error">What the service said.</param>
    /// <param name="RetryAfter">How long it said to wait, or null when it didn't.</param>
    public sealed record Throttled(ServiceError Error, TimeSpan? RetryAfter) : EditOutcome;

    /// <summary>No further call makes sense for this batch until a person or time mends it; no attempt is spent.</summary>
    /// <param name="Reason">One of <see cref="HaltReasons"/>.</param>
    /// <param name="Error">What the service said.</param>
    public sealed record Halted(string Reason, ServiceError Error) : EditOutcome;

    /// <summary>The service failed and said so in its own words: surely not billed, or billed nothing that can be had; retried with backoff, an attempt is spent.</summary>
    /// <param name="Error">What the service said.</param>
    /// <param name="RetryAfter">How long it said to wait, or null.</param>
    public sealed record ServerFailed(ServiceError Error, TimeSpan? RetryAfter) : EditOutcome;

    /// <summary>The request surely never reached the service (refused, DNS, TLS): retried, surely not billed, an attempt is spent.</summary>
    public sealed record NotSent(ServiceError Error) : EditOutcome;

    /// <summary>
    /// The request left, and no answer came that tells what became of it (reset, timeout, cut short, a gateway's word for it, no image where one should be): maybe billed.
    /// </summary>
    /// <param name="Error">What is known.</param>
    public sealed record Unknown(ServiceError Error) : EditOutcome
    {
        /// <summary>How long it said to wait before another call, or null.</summary>
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>Whether it said that another call can't come to anything (<c>x-should-retry: false</c>).</summary>
        public bool ForbidsRetry { get; init; }

        /// <summary>Whether what the answer brought as images, and isn't, lies in the sink and is to be kept for a look.</summary>
        public bool LeavesBytes { get; init; }
    }

    /// <summary>The error of an outcome, or null for a success.</summary>
    public ServiceError? ErrorOrNull => this switch
    {
        Rejected o => o.Error,
        Throttled o => o.Error,
        Halted o => o.Error,
        ServerFailed o => o.Error,
        NotSent o => o.Error,
        Unknown o => o.Error,
        _ => null,
    };
}
