using System.CommandLine;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Costs;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom reprice</c>.</summary>
internal static class RepriceCommand
{
    private const string Description = """
        Recomputes all costs in the ledger from the raw usage with the current model book. Keeps the previous amounts; repeating it changes nothing.

        Examples:
          darkroom reprice --dry-run
          Models__Book=my-prices.json darkroom reprice --from 2026-11-01
        """;

    public static Command Create(CliContext context)
    {
        var command = new Command("reprice", Description);
        var from = new Option<string?>("--from") { Description = "First day, such as 2026-11-01; UTC." };
        var to = new Option<string?>("--to") { Description = "Last day, inclusive." };
        var batch = new Option<string?>("--batch") { Description = "Only this batch." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would change." };
        var json = CommonOptions.Json();
        foreach (var option in new Option[] { from, to, batch, dryRun, json }) command.Add(option);
        command.SetAction(async (parsed, _) =>
        {
            var range = new LedgerRange(ReportCommand.Day(parsed.GetValue(from), "--from"), ReportCommand.Day(parsed.GetValue(to), "--to"), parsed.GetValue(batch));
            var apply = !parsed.GetValue(dryRun);
            await using var session = await context.OpenAsync();
            await using var services = context.BuildServices(session, LogLevel.Warning);
            var result = await services.GetRequiredService<Repricer>().RepriceAsync(range, apply, context.Signals.Stop);
            if (parsed.GetValue(json))
            {
                await context.Output.WriteLineAsync(new JsonObject
                {
                    ["rows"] = result.Rows,
                    ["changed"] = result.Changed,
                    ["applied"] = apply,
                    ["before_usd"] = Money.Format(result.Before),
                    ["after_usd"] = Money.Format(result.After),
                    ["unpriced_before"] = result.UnpricedBefore,
                    ["unpriced_after"] = result.UnpricedAfter,
                    ["price_book"] = result.PriceBook,
                }.ToJsonString());
            }
            else
            {
                await context.Output.WriteLineAsync(
                    $"{result.Rows} rows, {result.Changed} {(apply ? "changed" : "would change")}: ${Money.Format(result.Before)} before, ${Money.Format(result.After)} {(apply ? "now" : "then")} (model book {result.PriceBook}).");
                if (result.UnpricedAfter > 0) await context.Output.WriteLineAsync($"{result.UnpricedAfter} rows have no known price and are in neither sum.");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
