using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Schedules;

/// <summary>What a schedule is warned of when it is made and whenever it runs: models that are, or will be, shut down.</summary>
public static class ScheduleWarnings
{
    /// <summary>The warnings of a manifest.</summary>
    public static IReadOnlyList<string> Of(ManifestEstimate estimate, ModelBook book, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return [.. estimate.Models.Select(model => ModelRules.CheckSchedule(book.Find(model.Model), today)).OfType<RuleProblem>().Select(problem => problem.Reason)];
    }
}
