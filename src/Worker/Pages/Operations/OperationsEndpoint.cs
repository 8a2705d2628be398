using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Schedules;
using Darkroom.Jobs.Throttling;
using Darkroom.Worker.Access;
using Darkroom.Worker.Pages.Frame;
using Darkroom.Worker.Schedules;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Pages.Operations;

/// <summary>What everything runs on: limits, schedules, models, workers.</summary>
internal static class OperationsEndpoint
{
    private const int Runs = 8;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/limits", LimitsAsync).RequireAuthorization(AccessDefaults.Viewer).ExcludeFromDescription();
        endpoints.MapGet("/schedules", SchedulesAsync).RequireAuthorization(AccessDefaults.Viewer).ExcludeFromDescription();
        endpoints.MapGet("/models", ModelsAsync).RequireAuthorization(AccessDefaults.Viewer).ExcludeFromDescription();
        endpoints.MapGet("/workers", WorkersAsync).RequireAuthorization(AccessDefaults.Viewer).ExcludeFromDescription();
    }

    private static async Task<IResult> LimitsAsync(HttpContext context, Visits visits, ILimitStore limits, IOptions<LimitsOptions> configured, ModelBook book, LimitScope scope, CancellationToken cancellationToken)
    {
        var groups = book.Models.Select(model => model.LimitsGroup).Distinct(StringComparer.Ordinal);
        var lines = new LimitLines(configured.Value, [.. groups], scope).Of(await limits.ReadAsync(cancellationToken));
        return Html.Page<LimitsPage>(await visits.OfAsync(context), new LimitsView(lines));
    }

    private static async Task<IResult> SchedulesAsync(
        HttpContext context, Visits visits, IScheduleStore schedules, IBatchBrowser batches, TimeProvider time, CancellationToken cancellationToken)
    {
        // Four statements, however many schedules and runs there are.
        var all = await schedules.ListAsync(cancellationToken);
        var runs = await schedules.ListRunsAsync([.. all.Select(schedule => schedule.Name)], Runs, cancellationToken);
        var started = runs.Values.SelectMany(list => list).Where(run => run.State == ScheduleRunState.Started).Select(run => run.BatchId).ToList();
        var statuses = (await batches.GetAsync(started, cancellationToken)).ToDictionary(status => status.Batch.Id, StringComparer.Ordinal);
        var lines = all.Select(schedule => new ScheduleEntry(
            schedule,
            schedule.IsPaused ? null : schedule.Recurrence.NextAfter(time.GetUtcNow()),
            [.. (runs.GetValueOrDefault(schedule.Name) ?? []).Select(run => ScheduleShapes.Of(run, statuses.GetValueOrDefault(run.BatchId)))]));
        return Html.Page<SchedulesPage>(await visits.OfAsync(context), new SchedulesView([.. lines]));
    }

    private static async Task<IResult> ModelsAsync(HttpContext context, Visits visits, ModelBook book, TimeProvider time) =>
        Html.Page<ModelsPage>(await visits.OfAsync(context), new ModelsView(book, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)));

    private static async Task<IResult> WorkersAsync(HttpContext context, Visits visits, IBatchInsight insight, CancellationToken cancellationToken) =>
        Html.Page<WorkersPage>(await visits.OfAsync(context), new WorkersView(await insight.ListProcessesAsync(cancellationToken)));
}
