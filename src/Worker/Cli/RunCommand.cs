using System.CommandLine;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Estimates;
using Darkroom.Worker.Limits;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom run</c>.</summary>
internal static class RunCommand
{
    private const string Description = """
        Submits a manifest and works on it in this process until the batch has finished.

        Examples:
          darkroom run catalogue.jsonl --prompt "Put {{product}} on white" --model gpt-image-2 --quality high
          OPENAI_API_KEY=sk-… Limits__Default__ImagesPerMinute=20 darkroom run catalogue.csv
        """;

    public static Command Create(CliContext context)
    {
        var command = new Command("run", Description);
        var flags = new SubmitFlags();
        flags.AddTo(command);
        var spend = new SpendFlags();
        spend.AddTo(command);
        var json = CommonOptions.Json();
        command.Add(json);
        command.SetAction((parsed, _) => RunAsync(context, flags, spend, parsed, parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, SubmitFlags flags, SpendFlags spend, ParseResult parsed, bool json)
    {
        await using var planning = context.BuildPlanning();
        var asked = flags.Read(parsed, context.Folder, context.Time, planning.GetRequiredService<IConfiguration>()) with { By = context.By };
        EndpointCheck.RequireKey(context, planning);
        WebhookCheck.RequireSecret(planning, asked.WebhookUrl);
        await using var file = await ManifestFile.OpenAsync(flags.Manifest(parsed), context.Surroundings, context.Signals.Stop);
        var (batch, foreseen) = await SpendGate.PassAsync(context, planning, file, asked, costs => spend.Read(parsed, costs));
        await using var session = await context.OpenForWorkAsync();
        await using var services = context.BuildServices(session, LogLevel.Warning, exports: true);
        await CliContext.RequireStoreAsync(services, context.Signals.Stop);
        var count = await ManifestImport.ImportAsync(services, file, batch, foreseen, context.Signals.Stop);
        await context.Error.WriteLineAsync($"Batch {batch.Id}: {count} item{(count == 1 ? "" : "s")} to {services.GetRequiredService<IOptions<EndpointOptions>>().Value.BaseUrl}");
        BatchStatus status;
        try
        {
            status = await BatchRun.RunAsync(context, services, batch.Id);
        }
        catch (OperationCanceledException) when (context.Signals.Stop.IsCancellationRequested)
        {
            await context.Error.WriteLineAsync($"Batch {batch.Id} hasn't finished; nothing is lost. 'darkroom worker' goes on with it.");
            throw;
        }

        var estimate = await services.GetRequiredService<IEstimateStore>().GetAsync(batch.Id, CancellationToken.None);
        var forecast = await services.GetRequiredService<IForecastStore>().GetAsync(batch.Id, CancellationToken.None);
        var pace = await services.GetRequiredService<ILimitDesk>().PaceOfAsync(batch.Id, CancellationToken.None);
        if (json) await context.Output.WriteLineAsync(JsonShapes.WithPace(ForecastView.Json(JsonShapes.Status(status, estimate), forecast), pace).ToJsonString());
        else BatchSummary.Write(context.OutputConsole, status, estimate, services.GetRequiredService<Jobs.Outputs.IImageStore>().Location, forecast, pace);
        return BatchRun.ExitCodeOf(status);
    }
}
