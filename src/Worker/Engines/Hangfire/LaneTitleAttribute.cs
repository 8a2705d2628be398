using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>Shows a lane by its batch's name and progress; the job itself carries an id only.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LaneTitleAttribute() : JobDisplayNameAttribute("Lane {0}")
{
    /// <inheritdoc/>
    public override string Format(DashboardContext context, Job job) =>
        job.Args is [long laneId, ..] && context.GetHttpContext().RequestServices.GetService<LaneTitles>() is { } titles ? titles.Of(laneId) : base.Format(context, job);
}
