using System.Globalization;
using Darkroom.Jobs.Lanes;
using Quartz;

namespace Darkroom.Worker.Engines.Quartz;

/// <summary>The job of lanes. Its name and its data's key are in the database: an API.</summary>
public sealed class WorkBatch(ILaneHandler handler, ILogger<WorkBatch> logger) : IJob
{
    /// <summary>The one stored job; each lane is a trigger of it.</summary>
    internal static readonly JobKey Key = new("work-batch");

    /// <summary>The group of lanes' triggers, and the one whose running jobs are counted.</summary>
    internal const string Group = "lanes";

    /// <summary>The key of the lane's id.</summary>
    internal const string LaneId = "lane";

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var laneId = long.Parse((string)context.MergedJobDataMap[LaneId]!, CultureInfo.InvariantCulture);
        await LaneCall.RunAsync(handler, laneId, logger, cancellationToken);
    }
}
