using System.CommandLine;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Outputs;
using Darkroom.Worker.Results;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom results</c>.</summary>
internal static class ResultsCommand
{
    private const string Description = """
        Prints one line per item: state, outputs, tokens, cost and error. Output paths are relative to the store's root.

        Examples:
          darkroom results 20261122-k7f3q9 > results.jsonl
          darkroom results 20261122-k7f3q9 --format csv --problems
          darkroom results 20261122-k7f3q9 --urls --expires 48h
        """;

    public static Command Create(CliContext context)
    {
        var command = new Command("results", Description);
        var batch = CommonOptions.Batch();
        var format = new Option<string>("--format") { Description = "jsonl or csv.", DefaultValueFactory = _ => "jsonl" };
        format.AcceptOnlyFromAmong("jsonl", "csv");
        var problems = new Option<bool>("--problems") { Description = "Only items that did not succeed." };
        var json = new Option<bool>("--json") { Description = "The same as --format jsonl." };
        var urls = new Option<bool>("--urls") { Description = "Add a link to each image: signed and temporary for Azure, file:// for a folder. Anyone with a signed link can read the image." };
        var expires = new Option<string>("--expires") { Description = "How long signed links stay valid, such as 30m, 24h or 7d.", DefaultValueFactory = _ => "24h" };
        command.Add(batch);
        command.Add(format);
        command.Add(problems);
        command.Add(urls);
        command.Add(expires);
        command.Add(json);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var id = parsed.GetRequiredValue(batch);
            var isCsv = parsed.GetRequiredValue(format) is "csv" && !parsed.GetValue(json);
            var lifetime = Times.Parse(parsed.GetRequiredValue(expires), "--expires")!.Value;
            if (lifetime <= TimeSpan.Zero) throw new CliException("--expires must be above 0.");
            if (server.Connect(parsed, context.Surroundings) is { } client)
            {
                if (parsed.GetValue(urls)) throw new CliException("--urls goes with this machine's own store, not with --server.");
                await using var desk = Desk.Remote(client, context);
                if (await desk.Batches.GetStatusAsync(id, context.Signals.Stop) is null) throw CommonOptions.NoSuchBatch(id);
                await WriteAsync(context.Output, desk.Batches.ReadResultsAsync(id, context.Signals.Stop), isCsv, parsed.GetValue(problems), links: null, context.Signals.Stop);
                return ExitCodes.Success;
            }

            await using var session = await context.OpenAsync();
            await using var services = context.BuildServices(session, LogLevel.Warning);
            var batches = services.GetRequiredService<IBatchStore>();
            if (await batches.GetAsync(id, context.Signals.Stop) is null) throw CommonOptions.NoSuchBatch(id);
            var links = parsed.GetValue(urls) ? await services.GetRequiredService<IOutputFiles>().OpenLinksAsync(lifetime, context.Signals.Stop) : null;
            if (links is { ExpiresAt: null }) await context.Error.WriteLineAsync("The store is a folder: links are file:// addresses on this machine and don't end.");
            await WriteAsync(context.Output, batches.ReadResultsAsync(id, context.Signals.Stop), isCsv, parsed.GetValue(problems), links, context.Signals.Stop);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Writes results.</summary>
    internal static Task WriteAsync(
        TextWriter output, IAsyncEnumerable<ItemResult> results, bool isCsv, bool onlyProblems, IOutputLinks? links, CancellationToken cancellationToken)
    {
        if (onlyProblems) results = results.Where(result => result.State.IsFinal() && result.State is not (ItemState.Succeeded or ItemState.Reused));
        return isCsv ? ResultsFormat.WriteCsvAsync(output, results, links, cancellationToken) : ResultsFormat.WriteJsonLinesAsync(output, results, links, cancellationToken);
    }
}
