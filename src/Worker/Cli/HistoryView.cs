using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Schedules;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary>A schedule's runs, for people.</summary>
internal static class HistoryView
{
    private const int ShownProblems = 3;

    public static void Write(IAnsiConsole console, Schedule schedule, IReadOnlyList<RunLine> lines)
    {
        if (lines.Count == 0)
        {
            console.WriteLine($"Schedule {schedule.Name} hasn't run yet.");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns($"run ({schedule.TimeZone})", "state", "batch");
        foreach (var column in new[] { "items", "changed", "reused", "failed", "cost", "time" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var line in lines)
        {
            var status = line.Status;
            table.AddRow(
                new Text(ScheduleView.People(line.Run.ScheduledAt, schedule.Zone) + (line.Run.IsManual ? " by hand" : "")),
                new Text(status?.Batch.State.ToName() ?? line.Run.State.ToName()), new Text(line.Run.State == ScheduleRunState.Started ? line.Run.BatchId : ""),
                Number(status?.Items.Total), Number(line.Changed), Number(status?.Items.Reused), Number(line.Failed),
                new Text(status is null ? "" : BatchSummary.Dollars(status.CostUsd)),
                new Text(line.Duration?.ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture).TrimStart('0', '.') ?? ""));
        }

        console.Write(table);
        foreach (var line in lines) WriteReasons(console, schedule, line.Run);
    }

    private static void WriteReasons(IAnsiConsole console, Schedule schedule, ScheduleRun run)
    {
        var reasons = new[] { run.Detail }.Concat(run.Problems.Take(ShownProblems)).Concat(run.Warnings.Select(warning => $"warning: {warning}")).OfType<string>().ToList();
        if (run.Problems.Count > ShownProblems) reasons.Add($"… and {run.Problems.Count - ShownProblems} more; --json shows them.");
        if (reasons.Count == 0) return;
        console.WriteLine($"{ScheduleView.People(run.ScheduledAt, schedule.Zone)}:");
        foreach (var reason in reasons) console.WriteLine($"  {reason}");
    }

    private static Text Number(long? number) => new(number?.ToString(CultureInfo.InvariantCulture) ?? "");
}
