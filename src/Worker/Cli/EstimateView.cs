using System.Globalization;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Estimates;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary>An estimate, for people.</summary>
internal static class EstimateView
{
    private const int MostGuesses = 5;

    /// <summary>In one line.</summary>
    public static string Line(ManifestEstimate estimate)
    {
        var total = estimate.Total;
        return string.Create(CultureInfo.InvariantCulture, $"{total.Items:N0} item{(total.Items == 1 ? "" : "s")}, {total.Images:N0} image{(total.Images == 1 ? "" : "s")}, {Cost(total)}, at least {DurationText.Left(estimate.Duration)}{Duplicates(estimate)}.");
    }

    /// <summary>A note in one line.</summary>
    public static string Describe(EstimateNote note) =>
        string.Create(CultureInfo.InvariantCulture, $"{(note.Field is { } field ? $"{field}: " : "")}{note.Reason} ({note.Items:N0} item{(note.Items == 1 ? "" : "s")}, first line {note.FirstLine})");

    /// <summary>As tables.</summary>
    public static void Write(IAnsiConsole console, ManifestEstimate estimate)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("model");
        foreach (var column in new[] { "items", "images", "input images", "tokens expected", "at worst", "USD expected", "at worst", "no price" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var model in estimate.Models) Row(table, model.Model, model.Sum);
        if (estimate.Models.Count != 1) Row(table, "all", estimate.Total);
        console.Write(table);
        foreach (var group in estimate.Limits)
            console.WriteLine($"{group.Group}: at least {DurationText.Left(group.Duration)}, by {Bound(group.Scarcest)}");
        console.WriteLine($"In all: {Line(estimate)}");
        foreach (var warning in estimate.Warnings) console.WriteLine($"warning: {Describe(warning)}");
        foreach (var guess in estimate.Guesses.Take(MostGuesses)) console.WriteLine($"guessed: {Describe(guess)}");
        if (estimate.Guesses.Count > MostGuesses) console.WriteLine($"… and {estimate.Guesses.Count - MostGuesses} more guesses; --json has all.");
    }

    private static string Duplicates(ManifestEstimate estimate) =>
        estimate.Duplicates == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {estimate.Duplicates:N0} duplicate row{(estimate.Duplicates == 1 ? " costs" : "s cost")} nothing");

    private static string Cost(EstimateSum sum)
    {
        if (!sum.IsPriced) return "the price isn't known";
        var unpriced = sum.UnpricedItems > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {sum.UnpricedItems:N0} items of unknown price") : "";
        return $"{BatchSummary.Dollars(sum.ExpectedUsd)} expected, {BatchSummary.Dollars(sum.WorstUsd)} at worst{unpriced}";
    }

    private static string Bound(string scarcest) => scarcest is DurationRule.InFlight ? "calls in flight" : $"{scarcest.Replace('_', ' ')} a minute";

    private static void Row(Table table, string name, EstimateSum sum) => table.AddRow(
        new Text(name), Number(sum.Items), Number(sum.Images), Number(sum.InputImages), Number(sum.Expected.Total), Number(sum.Worst.Total),
        new Text(sum.IsPriced ? Money.Format(sum.ExpectedUsd) : "–"), new Text(sum.IsPriced ? Money.Format(sum.WorstUsd) : "–"), Number(sum.UnpricedItems));

    private static Text Number(long number) => new(number.ToString("N0", CultureInfo.InvariantCulture));
}
