using Darkroom.Jobs.Lanes;
using Quartz;

namespace Darkroom.Worker.Engines.Quartz;

/// <summary>The job of schedules' occurrences. Its name and its data's key are in the database: an API.</summary>
public sealed class FireSchedule(IScheduleHandler handler, ILogger<FireSchedule> logger) : IJob
{
    /// <summary>The one stored job; each schedule is a trigger of it.</summary>
    internal static readonly JobKey Key = new("fire-schedule");

    /// <summary>The group of schedules' triggers.</summary>
    internal const string Group = "schedules";

    /// <summary>The key of the schedule's name.</summary>
    internal const string Schedule = "schedule";

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await LaneCall.FireAsync(handler, (string)context.MergedJobDataMap[Schedule]!, logger, cancellationToken);
}
