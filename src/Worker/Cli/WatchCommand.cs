using System.CommandLine;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Estimates;
using Darkroom.Worker.Limits;
using Darkroom.Worker.Progress;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom watch</c>.</summary>
internal static class WatchCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("watch", "Shows a batch's progress until it ends or is stopped. The exit code is that of the batch.\n\nExamples:\n  darkroom watch 20261122-k7f3q9");
        var batch = CommonOptions.Batch();
        var json = CommonOptions.Json();
        command.Add(batch);
        command.Add(json);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var id = parsed.GetRequiredValue(batch);
            await using var desk = await server.OpenAsync(context, parsed);
            if (await desk.Batches.GetStatusAsync(id, context.Signals.Stop) is null) throw CommonOptions.NoSuchBatch(id);
            BatchStatus status;
            using (var view = context.CreateProgressView())
                status = await desk.Get<BatchWatcher>().WatchAsync(id, view, context.Signals.Stop);
            var estimate = await desk.Get<IEstimateStore>().GetAsync(id, CancellationToken.None);
            var forecast = await desk.ForecastAsync(id, CancellationToken.None);
            var pace = await desk.Get<ILimitDesk>().PaceOfAsync(id, CancellationToken.None);
            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(JsonShapes.WithPace(ForecastView.Json(JsonShapes.Status(status, estimate), forecast), pace).ToJsonString());
            else BatchSummary.Write(context.OutputConsole, status, estimate, desk.Location, forecast, pace);
            return BatchRun.ExitCodeOf(status);
        });
        return command;
    }
}
