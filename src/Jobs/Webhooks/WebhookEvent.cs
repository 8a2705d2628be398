namespace Darkroom.Jobs.Webhooks;

/// <summary>Something that webhooks are told of, as it was when it happened.</summary>
/// <param name="Id">Its id, the same in every delivery of it.</param>
/// <param name="Kind">One of the names here.</param>
/// <param name="At">When it happened.</param>
/// <param name="BatchId">The batch, or null.</param>
/// <param name="Schedule">The schedule that the batch belongs to, or that failed; or null.</param>
/// <param name="State">The batch's state then, or the run's.</param>
/// <param name="Reason">Why a batch was halted; or null.</param>
/// <param name="Detail">What was said with it; or null.</param>
/// <param name="WebhookUrl">The batch's own address, or null.</param>
public sealed record WebhookEvent(
    Guid Id, string Kind, DateTimeOffset At, string? BatchId, string? Schedule, string? State, string? Reason, string? Detail, string? WebhookUrl)
{
    /// <summary>A batch ended: completed, completed with errors, or canceled.</summary>
    public const string BatchEnded = "batch.ended";

    /// <summary>A batch was halted.</summary>
    public const string BatchHalted = "batch.halted";

    /// <summary>A batch will be late.</summary>
    public const string DeadlineAtRisk = "batch.deadline_at_risk";

    /// <summary>A batch is late.</summary>
    public const string DeadlineMissed = "batch.deadline_missed";

    /// <summary>A schedule's run failed: there is no batch.</summary>
    public const string ScheduleFailed = "schedule.failed";

    /// <summary>A test.</summary>
    public const string Test = "webhook.test";
}
