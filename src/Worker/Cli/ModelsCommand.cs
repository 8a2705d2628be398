using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Models;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Hosting;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom models</c>.</summary>
internal static class ModelsCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("models", "Lists the model book: prices in USD per 1,000,000 tokens, limits groups, shutdown dates.\n\nExamples:\n  darkroom models\n  darkroom models --json");
        var json = CommonOptions.Json();
        command.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            var book = ModelBook.Load(DarkroomConfiguration.Load(context.Surroundings)[DarkroomServices.ModelBookKey]);
            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(JsonNode.Parse(book.ToJson())!.ToJsonString());
            else Write(context.OutputConsole, book, DateOnly.FromDateTime(context.Time.GetUtcNow().UtcDateTime));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, ModelBook book, DateOnly today)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("model", "limits group");
        foreach (var column in new[] { "text in", "image in", "text out", "image out" }) table.AddColumn(new TableColumn(column).RightAligned());
        table.AddColumn("shutdown");
        foreach (var model in book.Models)
        {
            var prices = ModelBook.PriceEntryOn(model, today);
            var tokens = prices?.Standard;
            string[] cells = tokens is not null
                ? [Price(tokens.InputText), Price(tokens.InputImage), Price(tokens.OutputText), Price(tokens.OutputImage)]
                : prices is { PerImage.Count: > 0 }
                    ? ["", "", "", $"{string.Join("/", prices.PerImage.Select(price => Money.Format(price.Usd)))} an image"]
                    : ["–", "–", "–", "–"];
            var shutdown = model.Shutdown is { } day ? $"{day:yyyy-MM-dd}{(day <= today ? " (past)" : "")}{(model.Replacement is { } next ? $", then {next}" : "")}" : "";
            table.AddRow([new Text(model.Name), new Text(model.LimitsGroup), .. cells.Select(cell => new Text(cell)), new Text(shutdown)]);
        }

        console.Write(table);
        console.WriteLine($"Model book {book.Version}.");
    }

    private static string Price(decimal? usd) => usd is { } price ? price.ToString("0.00##", CultureInfo.InvariantCulture) : "–";
}
