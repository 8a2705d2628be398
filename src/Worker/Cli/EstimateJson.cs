using System.Text.Json.Nodes;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Worker.Cli;

/// <summary>The JSON of <c>validate</c> and <c>estimate</c>: an API, pinned by tests. Money is a decimal string, null where no price is known.</summary>
internal static class EstimateJson
{
    public static JsonObject Validation(ManifestEstimate estimate) => new()
    {
        ["items"] = estimate.Total.Items + estimate.Duplicates,
        ["problem_count"] = estimate.ProblemCount,
        ["problems"] = Problems(estimate),
        ["warnings"] = Notes(estimate.Warnings),
    };

    public static JsonObject Estimate(ManifestEstimate estimate)
    {
        var json = Sum(estimate.Total);
        json["items"] = estimate.Total.Items + estimate.Duplicates;
        json["duplicates"] = estimate.Duplicates;
        json["calls"] = estimate.Total.Items;
        json["duration_seconds"] = Seconds(estimate.Duration);
        json["models"] = new JsonArray([.. estimate.Models.Select(model => With(Sum(model.Sum), "model", model.Model))]);
        json["limits"] = new JsonArray([.. estimate.Limits.Select(Limits)]);
        json["warnings"] = Notes(estimate.Warnings);
        json["guesses"] = Notes(estimate.Guesses);
        json["problem_count"] = estimate.ProblemCount;
        json["problems"] = Problems(estimate);
        return json;
    }

    private static JsonObject Sum(EstimateSum sum) => new()
    {
        ["items"] = sum.Items,
        ["images"] = sum.Images,
        ["input_images"] = sum.InputImages,
        ["tokens"] = new JsonObject { ["expected"] = JsonShapes.Tokens(sum.Expected), ["worst"] = JsonShapes.Tokens(sum.Worst) },
        ["expected_usd"] = JsonShapes.Usd(sum.IsPriced ? sum.ExpectedUsd : null),
        ["worst_usd"] = JsonShapes.Usd(sum.IsPriced ? sum.WorstUsd : null),
        ["unpriced_items"] = sum.UnpricedItems,
    };

    private static JsonNode Limits(LimitsEstimate limits) => new JsonObject
    {
        ["group"] = limits.Group,
        ["calls"] = limits.Sum.Items,
        ["images"] = limits.Sum.Images,
        ["input_images"] = limits.Sum.InputImages,
        ["tokens"] = limits.Sum.Expected.Total,
        ["duration_seconds"] = Seconds(limits.Duration),
        ["scarcest"] = limits.Scarcest,
    };

    private static JsonArray Problems(ManifestEstimate estimate) => [.. estimate.Problems.Select(Problem)];

    private static JsonNode Problem(ManifestProblem problem) => new JsonObject
    {
        ["file"] = problem.File,
        ["line"] = problem.Line == 0 ? null : problem.Line,
        ["field"] = problem.Field,
        ["reason"] = problem.Reason,
    };

    private static JsonArray Notes(IReadOnlyList<EstimateNote> notes) => [.. notes.Select(note => (JsonNode)new JsonObject
    {
        ["field"] = note.Field,
        ["reason"] = note.Reason,
        ["items"] = note.Items,
        ["first_line"] = note.FirstLine,
    })];

    private static JsonNode With(JsonObject json, string name, string value)
    {
        json.Insert(0, name, value);
        return json;
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
