using System.CommandLine;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Hosting;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom worker</c>.</summary>
internal static class WorkerCommand
{
    private const string Description = """
        Works on all open batches until stopped, and serves the dashboard, the HTTP API, health checks and Hangfire's dashboard. Start as many as you like on one database.
        The first SIGTERM or Ctrl-C lets calls in flight finish (Worker__DrainTime); a second one stops at once. Nothing is lost either way.

        Examples:
          darkroom worker
          darkroom worker --urls http://127.0.0.1:5081
        """;

    public static Command Create(CliContext context)
    {
        var command = new Command("worker", Description);
        var urls = new Option<string>("--urls") { Description = "Addresses to listen on, separated by semicolons.", DefaultValueFactory = _ => "http://127.0.0.1:5080" };
        command.Add(urls);
        command.SetAction(async (parsed, _) =>
        {
            var patience = DarkroomConfiguration.Load(context.Surroundings).GetSection(WorkerOptions.Section).Get<WorkerOptions>()?.DatabaseWait ?? new WorkerOptions().DatabaseWait;
            var wait = new DatabaseWait(patience, context.Error.WriteLine, context.Time);
            try
            {
                await using var worker = await wait.RunAsync(() => StartedWorker.StartAsync(context, parsed.GetRequiredValue(urls)), context.Signals.Stop);
                return await WorkerHost.RunAsync(worker.App, context.Signals) ? ExitCodes.Success : ExitCodes.WithErrors;
            }
            catch (Exception exception) when (context.Signals.Stop.IsCancellationRequested && exception.GetBaseException() is OperationCanceledException)
            {
                // Stopped before it had started: a stop like any other. Hangfire wraps it in an exception of its own.
                return ExitCodes.Success;
            }
        });
        return command;
    }
}
