using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Costs;
using Darkroom.Worker.Results;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom report</c>.</summary>
internal static class ReportCommand
{
    private const string Description = """
        Sums tokens and cost from the ledger. Answers without usage count at their estimate. Calls with an unknown outcome are listed separately, at their worst case. Days are UTC.

        Examples:
          darkroom report
          darkroom report --by day,model,tag:brand --from 2026-11-01 --format csv
        """;

    public static Command Create(CliContext context)
    {
        var command = new Command("report", Description);
        var by = new Option<string>("--by") { Description = "Dimensions, separated by commas: day, model, batch, user, tag:NAME.", DefaultValueFactory = _ => "day,model" };
        var from = new Option<string?>("--from") { Description = "First day, such as 2026-11-01." };
        var to = new Option<string?>("--to") { Description = "Last day, inclusive." };
        var format = new Option<string>("--format") { Description = "table, csv or json.", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "csv", "json");
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        foreach (var option in new Option[] { by, from, to, format, json }) command.Add(option);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            if (!ReportDimension.TryParse(parsed.GetValue(by), out var dimensions, out var error)) throw new CliException($"--by: {error}");
            var (first, last) = (Day(parsed.GetValue(from), "--from"), Day(parsed.GetValue(to), "--to"));
            await using var desk = await server.OpenAsync(context, parsed);
            var rows = await desk.Get<ICostReports>().ReportAsync(dimensions, first, last, context.Signals.Stop);
            switch (parsed.GetValue(json) ? "json" : parsed.GetRequiredValue(format))
            {
                case "json":
                    await context.Output.WriteLineAsync(new JsonArray([.. rows.Select(JsonShapes.Report)]).ToJsonString());
                    break;
                case "csv":
                    await WriteCsvAsync(context.Output, dimensions, rows, context.Signals.Stop);
                    break;
                default:
                    WriteTable(context.OutputConsole, dimensions, rows);
                    break;
            }

            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Writes the report as a table with a total.</summary>
    internal static void WriteTable(IAnsiConsole console, IReadOnlyList<ReportDimension> dimensions, IReadOnlyList<CostReportRow> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var dimension in dimensions) table.AddColumn(dimension.Name);
        var estimated = rows.Any(row => row.EstimatedUsd > 0);
        var unconfirmed = rows.Any(row => row.UnconfirmedUsd > 0);
        var unpriced = rows.Any(row => row.Unpriced > 0);
        string[] numbers =
            ["items", "text in", "image in", "text out", "image out", "cost USD", .. estimated ? ["of it estimated"] : Array.Empty<string>(), .. unconfirmed ? ["unconfirmed USD"] : Array.Empty<string>(), .. unpriced ? ["no price"] : Array.Empty<string>()];
        foreach (var number in numbers) table.AddColumn(new TableColumn(number).RightAligned());
        foreach (var row in rows) table.AddRow([.. dimensions.Select(dimension => new Text(row.Keys[dimension.Name] ?? "–")), .. Numbers(row, estimated, unconfirmed, unpriced)]);
        if (rows.Count > 1)
        {
            table.AddEmptyRow();
            table.AddRow([.. dimensions.Select((_, at) => new Text(at == 0 ? "total" : "")), .. Numbers(CostReport.Total(rows), estimated, unconfirmed, unpriced)]);
        }

        console.Write(table);
        if (estimated) console.WriteLine($"estimated: ${Money.Format(rows.Sum(row => row.EstimatedUsd))} of the cost, for images that came in answers without usage.");
        if (unpriced) console.WriteLine($"no price: {rows.Sum(row => row.Unpriced)} calls of unknown cost, in no cost above: the model book has no price for their model.");
        if (unconfirmed) console.WriteLine($"unconfirmed: at most ${Money.Format(rows.Sum(row => row.UnconfirmedUsd))} more, for calls whose outcome isn't known; in no cost above.");
    }

    private static IEnumerable<Text> Numbers(CostReportRow row, bool estimated, bool unconfirmed, bool unpriced)
    {
        foreach (var count in new[] { row.Items, row.Tokens.InputText, row.Tokens.InputImage, row.Tokens.OutputText, row.Tokens.OutputImage })
            yield return new Text(count.ToString("N0", CultureInfo.InvariantCulture));
        yield return new Text(row is { CostUsd: 0, Unpriced: > 0 } ? "unknown" : Money.Format(row.CostUsd));
        if (estimated) yield return new Text(Money.Format(row.EstimatedUsd));
        if (unconfirmed) yield return new Text(Money.Format(row.UnconfirmedUsd));
        if (unpriced) yield return new Text(row.Unpriced == 0 ? "" : $"{row.Unpriced} calls");
    }

    /// <summary>Writes the report as CSV, with a header.</summary>
    internal static async Task WriteCsvAsync(TextWriter output, IReadOnlyList<ReportDimension> dimensions, IReadOnlyList<CostReportRow> rows, CancellationToken cancellationToken)
    {
        await using var csv = new CsvTable(output);
        string[] numbers = ["items", "input_text_tokens", "input_image_tokens", "output_text_tokens", "output_image_tokens", "cost_usd", "unconfirmed_usd", "unpriced_calls", "estimated_usd"];
        await csv.WriteRowAsync(dimensions.Select(dimension => dimension.Name).Concat(numbers), cancellationToken);
        foreach (var row in rows)
        {
            foreach (var dimension in dimensions) csv.Write(row.Keys[dimension.Name]);
            foreach (var count in new[] { row.Items, row.Tokens.InputText, row.Tokens.InputImage, row.Tokens.OutputText, row.Tokens.OutputImage }) csv.Write(count);
            csv.Write(Money.Format(row.CostUsd));
            csv.Write(Money.Format(row.UnconfirmedUsd));
            csv.Write(row.Unpriced);
            csv.Write(Money.Format(row.EstimatedUsd));
            await csv.EndRowAsync(cancellationToken);
        }
    }

    /// <summary>Reads a day.</summary>
    internal static DateOnly? Day(string? text, string flag)
    {
        if (text is null) return null;
        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new CliException($"{flag} takes a day such as 2026-11-22, not '{text}'.");
    }
}
