using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Deadlines;

/// <summary>Decides what is told of a batch with a deadline: once that it will be late, once that it is.</summary>
public static class DeadlineRule
{
    /// <summary>So many items must have ended lately before their pace is believed: the first few tell of the warming up.</summary>
    public const int EnoughItems = 5;

    /// <summary>Decides.</summary>
    public static DeadlineVerdict Decide(BatchForecast forecast)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        if (forecast.Deadline is not { } deadline || forecast.State.IsFinal() || forecast.MissedAt is not null) return DeadlineVerdict.Nothing;
        if (forecast.Now > deadline) return DeadlineVerdict.Missed;
        if (forecast.RiskAt is not null) return DeadlineVerdict.Nothing;
        // What the limits don't let be done in time needn't be waited for.
        return forecast.EarliestFinish > deadline || (forecast.EndedLately >= EnoughItems && forecast.FinishEstimate > deadline) ? DeadlineVerdict.AtRisk : DeadlineVerdict.Nothing;
    }
}
