using System.Globalization;
using Darkroom.Jobs.Editing;
using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Progress;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary>A schedule's runs, for people.</summary>
internal static class HistoryView
{
    private const int ShownProblems = 3;

    public static void Write(IAnsiConsole console, ScheduleShape schedule, IReadOnlyList<ScheduleRunShape> runs)
    {
        if (runs.Count == 0)
        {
            console.WriteLine($"Schedule {schedule.Schedule} hasn't run yet.");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns($"run ({schedule.TimeZone})", "state", "batch");
        foreach (var column in new[] { "items", "changed", "reused", "failed", "cost", "time" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var run in runs)
        {
            table.AddRow(
                new Text(ScheduleView.People(run.ScheduledAt, schedule.TimeZone) + (run.Manual ? " by hand" : "")),
                new Text(run.BatchState ?? run.State), new Text(run.Batch ?? ""),
                Number(run.Items), Number(run.Changed), Number(run.Reused), Number(run.Failed),
                new Text(run.CostUsd is { } cost ? ProgressLine.Dollars(RemoteMoney.Read(cost), run.UnpricedCalls ?? 0) : ""),
                new Text(run.DurationSeconds is { } seconds ? DurationText.Words(TimeSpan.FromSeconds(seconds)) : ""));
        }

        console.Write(table);
        foreach (var run in runs) WriteReasons(console, schedule, run);
    }

    private static void WriteReasons(IAnsiConsole console, ScheduleShape schedule, ScheduleRunShape run)
    {
        var reasons = new[] { run.Detail }.Concat(run.Problems.Take(ShownProblems)).Concat(run.Warnings.Select(warning => $"warning: {warning}")).OfType<string>().ToList();
        if (run.Problems.Count > ShownProblems) reasons.Add($"… and {run.Problems.Count - ShownProblems} more; --json shows them.");
        if (reasons.Count == 0) return;
        console.WriteLine($"{ScheduleView.People(run.ScheduledAt, schedule.TimeZone)}:");
        foreach (var reason in reasons) console.WriteLine($"  {reason}");
    }

    private static Text Number(long? number) => new(number?.ToString(CultureInfo.InvariantCulture) ?? "");
}
