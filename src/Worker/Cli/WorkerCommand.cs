using System.CommandLine;
using Darkroom.Worker.Hosting;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom worker</c>.</summary>
internal static class WorkerCommand
{
    private const string Description = """
        Works on all open batches until stopped: the engine, the HTTP API, health checks and the engine's dashboard. Start as many as you like on one database.
        The first SIGTERM or Ctrl-C lets calls in flight finish (Worker__DrainTime), a second one stops at once; nothing is lost either way.

        Examples:
          darkroom worker
          darkroom worker --urls http://127.0.0.1:5081
        """;

    public static Command Create(CliContext context)
    {
        var command = new Command("worker", Description);
        var urls = new Option<string>("--urls") { Description = "Where the HTTP side listens.", DefaultValueFactory = _ => "http://127.0.0.1:5080" };
        command.Add(urls);
        command.SetAction(async (parsed, _) =>
        {
            await using var session = await context.OpenAsync();
            await using var app = await WorkerHost.BuildAsync(session, context.Folder, parsed.GetRequiredValue(urls), context.Signals.Stop);
            EndpointCheck.RequireKey(app.Services);
            return await WorkerHost.RunAsync(app, context.Signals) ? ExitCodes.Success : ExitCodes.WithErrors;
        });
        return command;
    }
}
