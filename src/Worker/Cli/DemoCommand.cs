using System.CommandLine;
using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Simulator;
using Darkroom.Worker.Hosting;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom demo</c>: the bundled catalogue against the simulator, end to end, and a check that all went as scripted.</summary>
internal static class DemoCommand
{
    private const int ImagesPerMinute = 120;
    private const string Model = "gpt-image-2";
    private const string Refused = "scripted-refusal";
    private const string Broken = "scripted-broken-source";

    public static Command Create(CliContext context)
    {
        var command = new Command("demo", "Edits a sample catalogue of 24 items against a simulator on this machine. Costs nothing and sends nothing out.\n\nExamples:\n  darkroom demo");
        command.SetAction((_, _) => RunAsync(context));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context)
    {
        var console = context.OutputConsole;
        await using var simulator = await SimulatorServer.StartAsync(
            new SimulatorOptions { ImagesPerMinute = ImagesPerMinute, Latency = TimeSpan.FromSeconds(1.5) }, context.Signals.Stop);
        // The demo pays nobody: whatever is configured, it speaks to the simulator, and keeps everything under .darkroom/.
        await using var session = await context.OpenForWorkAsync(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:Postgres"] = "",
            ["Storage:Azure:ConnectionString"] = "",
            ["Storage:Azure:ContainerUri"] = "",
            ["Storage:Azure:AccountUri"] = "",
            ["Storage:Azure:SasToken"] = "",
            ["Storage:Azure:SasTokenFile"] = "",
            ["Storage:Azure:ManagedIdentityClientId"] = "",
            ["Edit:BaseUrl"] = simulator.BaseUrl.ToString(),
            ["Edit:ApiKey"] = "demo",
            // The sample catalogue's host isn't there; the simulator knows its images by heart.
            [$"{Jobs.Reuse.ReuseOptions.Section}:{nameof(Jobs.Reuse.ReuseOptions.Record)}"] = "false",
            [$"Limits:Default:{nameof(Jobs.Throttling.GroupLimits.ImagesPerMinute)}"] = ImagesPerMinute.ToString(CultureInfo.InvariantCulture),
        });
        await using var services = context.BuildServices(session, LogLevel.Error);
        await CliContext.RequireStoreAsync(services, context.Signals.Stop);
        console.MarkupLineInterpolated($"Simulator at [bold]{simulator.BaseUrl}[/], PostgreSQL under [bold]{HomeOf(context, session)}[/]");

        var manifest = Path.Combine(AppContext.BaseDirectory, "samples", "catalogue.jsonl");
        var model = System.Text.Json.JsonSerializer.SerializeToElement(Model);
        var batch = new NewBatch(BatchIds.Create(context.Time), "demo catalogue", new(null, EditOptions.None.With("model", model), new Dictionary<string, string>(StringComparer.Ordinal)));
        var count = await ManifestImport.ImportAsync(services, manifest, batch, context.Surroundings, context.Signals.Stop);
        console.MarkupLineInterpolated($"Batch [bold]{batch.Id}[/]: {count} items, at most {ImagesPerMinute} images a minute");
        var status = await BatchRun.RunAsync(context, services, batch.Id);

        var results = await services.GetRequiredService<IBatchStore>().ReadResultsAsync(batch.Id, context.Signals.Stop).ToListAsync();
        WriteResults(console, results);
        WriteCosts(console, status, simulator);
        console.MarkupLineInterpolated($"Images: [bold]{Path.Combine(services.GetRequiredService<IImageStore>().Location, batch.Id)}[/]");
        return WriteVerdict(console, results, status, simulator);
    }

    private static string HomeOf(CliContext context, DarkroomSession session) => Path.GetRelativePath(context.Folder, session.Home) + "/";

    private static void WriteResults(IAnsiConsole console, IReadOnlyList<ItemResult> results)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("item", "state", "output or reason", "size");
        table.AddColumn(new TableColumn("tokens").RightAligned());
        table.AddColumn(new TableColumn("cost USD").RightAligned());
        foreach (var result in results)
        {
            var good = result.State is ItemState.Succeeded or ItemState.Reused;
            var told = good
                ? string.Join(", ", result.Outputs.Select(output => output.Path[(output.Path.IndexOf('/', StringComparison.Ordinal) + 1)..]))
                : result.Error is { } error ? $"{error.Class}: {error.Message}" : "";
            table.AddRow(
                new Text(result.Key),
                new Text(result.State.ToName(), new Style(good ? Color.Green : Color.Red)),
                new Text(told),
                new Text(result.Outputs.Count == 0 ? "" : $"{result.Outputs[0].Width}x{result.Outputs[0].Height}"),
                new Text(result.Tokens.Total.ToString("N0", CultureInfo.InvariantCulture)),
                new Text(result.CostUsd is { } cost ? Money.Format(cost) : "–"));
        }

        console.Write(table);
    }

    private static void WriteCosts(IAnsiConsole console, BatchStatus status, SimulatorServer simulator)
    {
        ReportCommand.WriteTable(
            console,
            [new ReportDimension(ReportDimensionKind.Batch)],
            [new CostReportRow(new Dictionary<string, string?>(StringComparer.Ordinal) { ["batch"] = status.Batch.Id }, status.Items.Succeeded, status.Tokens, status.CostUsd, status.UnconfirmedUsd, status.Unpriced) { EstimatedUsd = status.EstimatedUsd }]);
        console.MarkupLineInterpolated($"The simulator's own account: {simulator.Account.Billed.Count} calls billed, {simulator.Account.Summary.Throttled} told to slow down.");
    }

    // Nothing is taken on trust: what the script says, what the database says and what the simulator billed must be the same.
    private static int WriteVerdict(IAnsiConsole console, IReadOnlyList<ItemResult> results, BatchStatus status, SimulatorServer simulator)
    {
        var surprises = new List<string>();
        var good = results.Count(result => result.State == ItemState.Succeeded);
        if (good != 22) surprises.Add($"22 items should have succeeded, {good} did");
        Expect(results, Refused, ErrorClasses.Moderation, "moderation_blocked", surprises);
        Expect(results, Broken, ErrorClasses.InvalidRequest, "invalid_image_url", surprises);
        if (simulator.Account.Billed.Count != good) surprises.Add($"the simulator billed {simulator.Account.Billed.Count} calls, the ledger has {good}");
        var stored = results.SelectMany(result => result.Outputs).Select(output => output.Sha256).Order(StringComparer.Ordinal);
        if (!stored.SequenceEqual(simulator.Account.Billed.SelectMany(edit => edit.ImageSha256).Order(StringComparer.Ordinal), StringComparer.Ordinal))
            surprises.Add("the stored images aren't byte for byte those that the simulator sent");
        if (status.CostUsd <= 0 || status.UnconfirmedUsd != 0 || status.EstimatedUsd != 0 || status.Unpriced != 0) surprises.Add("every call should have a price, and none be estimated or unconfirmed");
        foreach (var surprise in surprises) console.MarkupLineInterpolated($"[red]Not as scripted:[/] {surprise}.");
        if (surprises.Count > 0) return ExitCodes.WithErrors;
        console.MarkupLine("[green]As scripted:[/] 22 succeeded, 2 were refused for the scripted reasons (moderation, a source that isn't there); what was stored is what was billed.");
        return ExitCodes.Success;
    }

    private static void Expect(IReadOnlyList<ItemResult> results, string key, string errorClass, string code, List<string> surprises)
    {
        var result = results.Single(result => result.Key == key);
        if (result.State != ItemState.Rejected || result.Error?.Class != errorClass || result.Error.Code != code)
            surprises.Add($"{key} should be rejected for {errorClass} ({code}), and is {result.State.ToName()}{(result.Error is { } error ? $" for {error.Class}{(error.Code is { } why ? $" ({why})" : "")}" : "")}");
    }
}
