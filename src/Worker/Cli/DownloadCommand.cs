using System.CommandLine;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Outputs;
using Darkroom.Worker.Downloads;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom download</c>.</summary>
internal static class DownloadCommand
{
    private const string Description = """
        Downloads a batch's images into a folder and verifies each by its SHA-256. Skips what is already there, so you can repeat it to continue.

        Examples:
          darkroom download 20261122-k7f3q9 ./catalogue
          darkroom download 20261122-k7f3q9 ./catalogue --state succeeded --parallel 32
        """;

    private const int MostFaultsShown = 20;

    public static Command Create(CliContext context)
    {
        var command = new Command("download", Description);
        var batch = CommonOptions.Batch();
        var folder = new Argument<string>("DIR") { Description = "The folder; created if missing." };
        var states = new Option<string?>("--state") { Description = "Only images of items in these states, separated by commas. Default: all items with images." };
        var parallel = new Option<int>("--parallel") { Description = "Parallel downloads, 1 to 256.", DefaultValueFactory = _ => 16 };
        parallel.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out var value) || value is < 1 or > 256))
                result.AddError($"--parallel must be a whole number from 1 to 256, not '{result.Tokens[0].Value}'.");
        });
        var json = CommonOptions.Json();
        command.Add(batch);
        command.Add(folder);
        command.Add(states);
        command.Add(parallel);
        command.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            var id = parsed.GetRequiredValue(batch);
            var wanted = Read(parsed.GetValue(states));
            await using var session = await context.OpenAsync();
            await using var services = context.BuildServices(session, LogLevel.Warning);
            var batches = services.GetRequiredService<IBatchStore>();
            if (await batches.GetStatusAsync(id, context.Signals.Stop) is null) throw CommonOptions.NoSuchBatch(id);
            var faults = 0;
            var download = new BatchDownload(batches, services.GetRequiredService<IImageStore>(), fault =>
            {
                var number = Interlocked.Increment(ref faults);
                if (number <= MostFaultsShown) context.Error.WriteLine(fault);
                else if (number == MostFaultsShown + 1) context.Error.WriteLine("… and more.");
            }, context.Time);
            var result = await RunAsync(context, download, id, parsed.GetRequiredValue(folder), wanted, parsed.GetValue(parallel));
            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(Json(id, result).ToJsonString());
            else await context.Output.WriteLineAsync($"{result.Downloaded} images downloaded ({DownloadProgress.Size(result.Bytes)}), {result.Skipped} were there already, {result.Failed} failed.");
            return result.Failed == 0 ? ExitCodes.Success : ExitCodes.WithErrors;
        });
        return command;
    }

    private static async Task<DownloadResult> RunAsync(
        CliContext context, BatchDownload download, string id, string folder, IReadOnlyCollection<ItemState> states, int parallel)
    {
        try
        {
            using var view = context.CreateLineView();
            return await download.RunAsync(id, context.Surroundings.PathOf(folder), states, parallel, progress => view.Show($"batch {id}: {progress}", progress.Share), context.Signals.Stop);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{folder} can't be written: {fault.Message}");
        }
    }

    private static JsonObject Json(string id, DownloadResult result) => new()
    {
        ["batch"] = id,
        ["downloaded"] = result.Downloaded,
        ["skipped"] = result.Skipped,
        ["failed"] = result.Failed,
        ["bytes"] = result.Bytes,
    };

    private static List<ItemState> Read(string? text)
    {
        var known = Enum.GetValues<ItemState>();
        var states = new List<ItemState>();
        foreach (var name in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (known.All(state => state.ToName() != name)) throw new CliException($"--state takes {string.Join(", ", known.Select(state => state.ToName()))}, not '{name}'.");
            states.Add(StateNames.ParseItemState(name));
        }

        return states;
    }
}
