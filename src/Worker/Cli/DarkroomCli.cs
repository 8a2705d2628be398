using System.CommandLine;
using System.CommandLine.Parsing;
using System.Data.Common;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Schedules;
using Darkroom.Storage.Postgres;
using Darkroom.Storage.Postgres.Migrations;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Embedded;
using Darkroom.Worker.Machine;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Cli;

/// <summary>The command line, a contract: docs/cli.md describes it.</summary>
public static class DarkroomCli
{
    private const string Description = """
        Edits a catalogue of images through POST /v1/images/edits: paced to your account's limits, stored, priced, and safe to kill.

        Examples:
          darkroom demo
          darkroom run catalogue.jsonl --prompt "Put {{product}} on a white background" --model gpt-image-2 --quality high
          darkroom submit catalogue.csv --prompt "Remove the background" && darkroom worker
          darkroom report --by day,model --format csv
        """;

    /// <summary>Runs a command line. Several may run in one process: a command finds everything in its surroundings.</summary>
    /// <returns>The exit code; see <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CommandSurroundings surroundings)
    {
        var context = new CliContext(surroundings) { CommandLine = CliContext.CommandLineOf(args) };
        foreach (var (at, arg) in args.Index())
        {
            if (PlainText.FaultOf(arg) is not { } fault) continue;
            context.Error.WriteLine($"Argument {at + 1} {fault}.");
            return ExitCodes.BadInput;
        }

        var root = CreateRoot(context);
        // The overview has a line a command; the examples come with the command's own help.
        if (args.Length == 0 || args[0].StartsWith('-'))
            foreach (var command in root.Subcommands) command.Description = command.Description!.Split('\n')[0];
        // No response files: a prompt or a cron text may begin with @, and none of them names a file.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) context.Error.WriteLine(error.Message);
            context.Error.WriteLine($"See: {PathOf(parsed.CommandResult)} --help");
            return ExitCodes.BadInput;
        }

        try
        {
            // Our own signals ask for a clean stop; the library's would end the process after two seconds.
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = context.Output, Error = context.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, CancellationToken.None);
        }
        catch (OperationCanceledException) when (surroundings.Signals.Stop.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception exception) when (Explain(exception) is { } explanation)
        {
            context.Error.WriteLine(SecretScrubber.CutSecrets(explanation));
            return ExitCodes.BadInput;
        }
        catch (Exception exception)
        {
            context.Error.WriteLine($"Unhandled exception. {SecretScrubber.CutSecrets(exception.ToString())}");
            return ExitCodes.Broken;
        }
    }

    // "schedule add", not "add": what can be typed.
    private static string PathOf(CommandResult? result) => result is null or { Command: RootCommand } ? "darkroom" : $"{PathOf(result.Parent as CommandResult)} {result.Command.Name}";

    /// <summary>The command tree.</summary>
    internal static RootCommand CreateRoot(CliContext context)
    {
        var root = new RootCommand(Description)
        {
            DemoCommand.Create(context),
            RunCommand.Create(context),
            SubmitCommand.Create(context),
            ValidateCommand.Create(context),
            EstimateCommand.Create(context),
            WorkerCommand.Create(context),
            ListCommand.Create(context),
            StatusCommand.Create(context),
            WatchCommand.Create(context),
            ResultsCommand.Create(context),
            DownloadCommand.Create(context),
            PurgeCommand.Create(context),
            ReportCommand.Create(context),
            RepriceCommand.Create(context),
            RetryCommand.Create(context),
            LimitsCommand.Create(context),
            ModelsCommand.Create(context),
            DoctorCommand.Create(context),
            MigrateCommand.Create(context),
            KeyCommands.Create(context),
            SimulateCommand.Create(context),
            ScheduleCommand.Create(context),
            WebhookCommand.Create(context),
        };
        foreach (var command in ActionCommands.Create(context)) root.Add(command);
        return root;
    }

    // What a person can mend is told in a sentence; anything else is a bug, and its stack trace is wanted.
    private static string? Explain(Exception exception) => exception switch
    {
        CliException or InvalidConfigurationException or OptionsValidationException or EmbeddedPostgresException or MachineException or UnsuitableDatabaseException or MigrationException or ModelBookException
            or ManifestUnavailableException =>
            exception.Message,
        Jobs.Outputs.ImageStoreException => exception.Message,
        Client.ServerRefusedException refused => refused.Message,
        Client.NotAWorkerException stranger => stranger.Message,
        HttpRequestException unreachable => $"The server can't be reached: {unreachable.Message}{ReasonOf(unreachable)}",
        InvalidManifestException manifest => ManifestProblems.Describe(manifest),
        DbException when DatabaseFaults.IsTransient(exception) || exception is Npgsql.PostgresException { SqlState: "28P01" or "28000" or "3D000" or "42501" or "3F000" or "25006" or "57014" } =>
            $"The database can't be used: {exception.Message}{Environment.NewLine}Check ConnectionStrings__Postgres; 'darkroom doctor' says more.",
        _ => MachineFaults.Explain(exception),
    };

    // What HttpClient says of TLS refers to the exception inside.
    private static string ReasonOf(HttpRequestException exception) =>
        exception.GetBaseException() is { } inner && inner != exception && !exception.Message.Contains(inner.Message, StringComparison.Ordinal) ? $" {inner.Message}" : "";
}
