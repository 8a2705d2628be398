using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Estimates;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Progress;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary>How a batch stands, for people.</summary>
internal static class BatchSummary
{
    public static void Write(IAnsiConsole console, BatchStatus status, BatchEstimate? estimate, string? location, BatchForecast? forecast, PaceShape? pace)
    {
        var items = status.Items;
        var grid = new Grid().AddColumns(2);
        void Row(string label, string text) => grid.AddRow(new Text(label, new Style(Color.Grey)), new Text(text));
        Row("batch", $"{status.Batch.Id}  {status.Batch.Name}");
        Row("state", status.Batch.State.ToName() + (status.Batch.Reason is { } reason ? $" ({reason})" : ""));
        if (status.Batch.Detail is { } detail) Row("why", detail);
        foreach (var wait in forecast?.Waits ?? []) Row("waits", $"{wait.Text}. {wait.Why}");
        Row("items", string.Join(", ", Counts(items).Where(count => count.Count > 0).Select(count => $"{count.Count} {count.Name}").DefaultIfEmpty("none")));
        Row("tokens", $"{status.Tokens.Total} ({status.Tokens.InputText} text in, {status.Tokens.InputImage} image in, {status.Tokens.OutputText} text out, {status.Tokens.OutputImage} image out)");
        Row("cost", status is { CostUsd: 0, Unpriced: > 0 } ? "unknown" : $"${Money.Format(status.CostUsd)}");
        if (status.EstimatedUsd > 0) Row("estimated", $"${Money.Format(status.EstimatedUsd)} of it: the answers had no usage");
        if (estimate is not null) Row("estimate", Describe(estimate, status.Batch.State));
        if (forecast is not null && ForecastView.Describe(forecast) is { } due) Row("done", due);
        if (pace is { Source: "learned" } or { SlowedTo: < 1 }) Row("pace", pace.Text);
        if (status.UnconfirmedUsd > 0) Row("unconfirmed", $"at most ${Money.Format(status.UnconfirmedUsd)} more, for calls whose outcome is unknown");
        if (status.Unpriced > 0) Row("no price", $"{status.Unpriced} calls of unknown cost, in no sum: the model book has no price for their model");
        if (location is not null) Row("images", $"{location}/{status.Batch.Id}");
        console.Write(grid);
        if (status.Batch.State is BatchState.Halted or BatchState.Paused)
            console.WriteLine($"Go on with it: darkroom resume {status.Batch.Id} && darkroom worker");
        if (status.Batch.State == BatchState.CompletedWithErrors)
            console.WriteLine($"What didn't succeed: darkroom results {status.Batch.Id} --problems");
    }

    // Once all is done, what it cost is known, and what it would cost going by a part of it is of no use.
    private static string Describe(BatchEstimate estimate, BatchState state)
    {
        var before = estimate.ExpectedUsd is { } expected ? $"{Dollars(expected)} expected, {Dollars(estimate.WorstUsd!.Value)} at worst" : "the price wasn't known";
        var unpriced = estimate.ExpectedUsd is not null && estimate.UnpricedItems > 0 ? $", and {estimate.UnpricedItems} items of unknown price" : "";
        var measured = estimate.MeasuredUsd is { } usd && !state.IsFinal() ? $"; going by {estimate.MeasuredItems} measured items, {Dollars(usd)} for the whole batch" : "";
        return before + unpriced + measured;
    }

    public static IEnumerable<(string Name, long Count)> Counts(ItemCounts items) =>
    [
        ("succeeded", items.Succeeded), ("reused", items.Reused), ("rejected", items.Rejected), ("failed", items.Failed),
        ("held", items.Held), ("canceled", items.Canceled), ("sending", items.Sending), ("pending", items.Pending),
    ];

    public static string Dollars(decimal usd) => ProgressLine.Dollars(usd);
}
