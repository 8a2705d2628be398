using System.Globalization;
using System.Net;
using Darkroom.Jobs.Batches;
using Hangfire;
using Hangfire.Dashboard;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>Shows on a lane's own page in Hangfire's dashboard how its batch gets on, by the dashboard's extension point for that.</summary>
internal static class LaneDetails
{
    // Before what Hangfire shows of the job's states.
    private const int Order = 10;

    // The dashboard keeps its renderers in one place for the whole process, whatever hosts there are in it.
    private static readonly Lazy<bool> Added = new(() =>
    {
        GlobalConfiguration.Configuration.UseJobDetailsRenderer(Order, Render);
        return true;
    });

    /// <summary>Adds it, once a process.</summary>
    public static void Add() => _ = Added.Value;

    private static NonEscapedString Render(JobDetailsRendererDto page)
    {
        if (page.JobDetails.Job?.Args is not [long laneId, ..] || page.Page.Context.GetHttpContext().RequestServices.GetService<LaneTitles>()?.Find(laneId) is not { } lane)
            return new NonEscapedString("");
        var share = lane.Ended is { } ended
            ? string.Create(CultureInfo.InvariantCulture, $"""<progress max="{lane.Items}" value="{ended}"></progress> {ended:N0} of {lane.Items:N0} items have ended""")
            : string.Create(CultureInfo.InvariantCulture, $"{lane.Items:N0} items; this lane has ended");
        return new NonEscapedString($"""
            <h3>Batch {WebUtility.HtmlEncode(lane.BatchName)}</h3>
            <p>{WebUtility.HtmlEncode(lane.BatchId)}, {lane.BatchState.ToName().Replace('_', ' ')}: {share}</p>
            """);
    }
}
