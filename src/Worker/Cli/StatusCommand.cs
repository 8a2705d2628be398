using System.CommandLine;
using Darkroom.Jobs.Estimates;
using Darkroom.Worker.Limits;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom status</c>.</summary>
internal static class StatusCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("status", "Shows a batch's state, counts, cost and what it waits for.\n\nExamples:\n  darkroom status 20261122-k7f3q9\n  darkroom status 20261122-k7f3q9 --json");
        var batch = CommonOptions.Batch();
        var json = CommonOptions.Json();
        command.Add(batch);
        command.Add(json);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var id = parsed.GetRequiredValue(batch);
            await using var desk = await server.OpenAsync(context, parsed);
            var status = await desk.Batches.GetStatusAsync(id, context.Signals.Stop) ?? throw CommonOptions.NoSuchBatch(id);
            var estimate = await desk.Get<IEstimateStore>().GetAsync(id, CancellationToken.None);
            var forecast = await desk.ForecastAsync(id, CancellationToken.None);
            var pace = await desk.Get<ILimitDesk>().PaceOfAsync(id, CancellationToken.None);
            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(JsonShapes.WithPace(ForecastView.Json(JsonShapes.Status(status, estimate), forecast), pace).ToJsonString());
            else BatchSummary.Write(context.OutputConsole, status, estimate, desk.Location, forecast, pace);
            return ExitCodes.Success;
        });
        return command;
    }
}
