using System.CommandLine;
using CsvHelper;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom results</c>.</summary>
internal static class ResultsCommand
{
    private const string Description = """
        Prints a line an item: its state, outputs, tokens, cost and error. Output paths are relative to the store's root.

        Examples:
          darkroom results 20261122-k7f3q9 > results.jsonl
          darkroom results 20261122-k7f3q9 --format csv --problems
        """;

    private static readonly string[] Columns =
    [
        "id", "state", "attempts", "paths", "input_text_tokens", "input_image_tokens", "output_text_tokens", "output_image_tokens", "cost_usd", "unconfirmed_usd",
        "reused_from", "error_class", "error_code", "error_message", "request_id", "trace_id",
    ];

    public static Command Create(CliContext context)
    {
        var command = new Command("results", Description);
        var batch = CommonOptions.Batch();
        var format = new Option<string>("--format") { Description = "jsonl or csv.", DefaultValueFactory = _ => "jsonl" };
        format.AcceptOnlyFromAmong("jsonl", "csv");
        var problems = new Option<bool>("--problems") { Description = "Only items that ended otherwise than succeeded or reused." };
        var json = new Option<bool>("--json") { Description = "The same as --format jsonl." };
        command.Add(batch);
        command.Add(format);
        command.Add(problems);
        command.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            var id = parsed.GetRequiredValue(batch);
            await using var session = await context.OpenAsync();
            await using var services = CliContext.BuildServices(session, LogLevel.Warning);
            var batches = services.GetRequiredService<IBatchStore>();
            if (await batches.GetAsync(id, context.Signals.Stop) is null) throw CommonOptions.NoSuchBatch(id);
            var results = batches.ReadResultsAsync(id, context.Signals.Stop);
            if (parsed.GetValue(problems)) results = results.Where(result => result.State.IsFinal() && result.State is not (ItemState.Succeeded or ItemState.Reused));
            if (parsed.GetRequiredValue(format) is "csv" && !parsed.GetValue(json)) await WriteCsvAsync(context.Output, results);
            else await WriteJsonLinesAsync(context.Output, results);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task WriteJsonLinesAsync(TextWriter output, IAsyncEnumerable<ItemResult> results)
    {
        await foreach (var result in results) await output.WriteLineAsync(JsonShapes.Result(result).ToJsonString());
    }

    private static async Task WriteCsvAsync(TextWriter output, IAsyncEnumerable<ItemResult> results)
    {
        await using var csv = CsvWriter.Create(output, CsvWriterOptions.Default, leaveOpen: true);
        foreach (var column in Columns) csv.WriteField(column);
        await csv.EndRecordAsync();
        await foreach (var result in results)
        {
            csv.WriteField(result.Key);
            csv.WriteField(result.State.ToName());
            csv.WriteField(result.Attempts);
            csv.WriteField(string.Join('|', result.Outputs.Select(output => output.Path)));
            csv.WriteField(result.Tokens.InputText);
            csv.WriteField(result.Tokens.InputImage);
            csv.WriteField(result.Tokens.OutputText);
            csv.WriteField(result.Tokens.OutputImage);
            csv.WriteField(result.CostUsd is { } cost ? Money.Format(cost) : "");
            csv.WriteField(Money.Format(result.UnconfirmedUsd));
            csv.WriteField(result.ReusedFrom);
            csv.WriteField(result.Error?.Class);
            csv.WriteField(result.Error?.Code);
            csv.WriteField(result.Error?.Message);
            csv.WriteField(result.Error?.RequestId);
            csv.WriteField(result.TraceId);
            await csv.EndRecordAsync();
        }
    }
}
