using System.Globalization;
using Darkroom.Worker.Access;
using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Schedules;

namespace Darkroom.Worker.Api;

/// <summary><c>/v1/schedules</c>.</summary>
internal static class ScheduleEndpoints
{
    private const int MostRuns = 500;
    private const int UsualRuns = 20;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/schedules", async (IScheduleDesk desk, CancellationToken cancellationToken) => Json(await desk.ListAsync(cancellationToken))).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("ListSchedules").WithSummary("All schedules with their next runs.").Produces<IReadOnlyList<ScheduleShape>>();
        api.MapGet("/schedules/{schedule}", async (string schedule, IScheduleDesk desk, CancellationToken cancellationToken) => Json(await desk.FindAsync(schedule, cancellationToken) ?? throw None(schedule)))
            .RequireAuthorization(AccessDefaults.Viewer).WithName("GetSchedule").WithSummary("A schedule with its next runs.").Produces<ScheduleShape>();
        api.MapGet("/schedules/{schedule}/runs", RunsAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("ListScheduleRuns").WithSummary("A schedule's newest runs, the newest first, and how their batches stand.").Produces<IReadOnlyList<ScheduleRunShape>>();
        api.MapPost("/schedules", AddAsync).RequireAuthorization(AccessDefaults.Operator)
            .WithName("AddSchedule").WithSummary("Adds a schedule; body {\"name\", \"cron\", \"time_zone\", \"manifest\", \"overlap\", \"replace\", \"fields\": the flags of 'darkroom schedule add' by their names}. The manifest is an http(s) or az:// address.")
            .Produces<ScheduleAddedShape>(StatusCodes.Status201Created);
        api.MapPost("/schedules/{schedule}/run", RunAsync).RequireAuthorization(AccessDefaults.Operator)
            .WithName("RunSchedule").WithSummary("Runs a schedule now, whether it is due or paused.").Produces<ScheduleRunShape>();
        Steer(api, "pause", isPaused: true, "Stops a schedule from firing; what passes meanwhile isn't caught up.");
        Steer(api, "resume", isPaused: false, "Lets a paused schedule fire again, from now on.");
        api.MapDelete("/schedules/{schedule}", RemoveAsync).RequireAuthorization(AccessDefaults.Operator)
            .WithName("RemoveSchedule").WithSummary("Removes a schedule and its history; its batches stay.").Produces(StatusCodes.Status204NoContent);
    }

    private static void Steer(IEndpointRouteBuilder api, string verb, bool isPaused, string summary) =>
        api.MapPost($"/schedules/{{schedule}}/{verb}", async (HttpContext context, string schedule, IScheduleDesk desk, CancellationToken cancellationToken) =>
            {
                await BodyReader.ReadAsync(context.Request, [], cancellationToken);
                return await desk.SetPausedAsync(schedule, isPaused, context.ActorOf(), cancellationToken) && await desk.FindAsync(schedule, cancellationToken) is { } now ? Json(now) : throw None(schedule);
            })
            .RequireAuthorization(AccessDefaults.Operator).WithName($"{(isPaused ? "Pause" : "Resume")}Schedule").WithSummary(summary).Produces<ScheduleShape>();

    private static async Task<IResult> RunsAsync(string schedule, IScheduleDesk desk, string? limit, CancellationToken cancellationToken)
    {
        var most = UsualRuns;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > MostRuns))
            throw Problems.BadField("limit", $"must be a whole number from 1 to {MostRuns}");
        return Json(await desk.ListRunsAsync(schedule, most, cancellationToken) ?? throw None(schedule));
    }

    private static async Task<IResult> AddAsync(HttpContext context, ScheduleSubmission submission, CancellationToken cancellationToken)
    {
        var added = await submission.AddAsync(await BodyReader.ReadAsync(context.Request, ScheduleSubmission.BodyFields, cancellationToken), context.ActorOf(), cancellationToken);
        context.Response.Headers.Location = $"/v1/schedules/{Uri.EscapeDataString(added.Schedule.Schedule)}";
        return TypedResults.Json(added, ClientJson.Options, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RunAsync(HttpContext context, string schedule, IScheduleDesk desk, CancellationToken cancellationToken)
    {
        await BodyReader.ReadAsync(context.Request, [], cancellationToken);
        return Json(await desk.RunAsync(schedule, context.ActorOf(), cancellationToken) ?? throw None(schedule));
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, string schedule, IScheduleDesk desk, CancellationToken cancellationToken) =>
        await desk.RemoveAsync(schedule, context.ActorOf(), cancellationToken) ? TypedResults.NoContent() : throw None(schedule);

    private static IResult Json<T>(T shape) => TypedResults.Json(shape, ClientJson.Options);

    private static ApiException None(string schedule) => Problems.NotFound($"schedule {schedule}");
}
