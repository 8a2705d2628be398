using System.Text.Json.Nodes;
using Darkroom.Jobs.Costs;

namespace Darkroom.Worker.Client;

/// <summary>Cost reports through a server.</summary>
internal sealed class RemoteCostReports(DarkroomClient client) : ICostReports
{
    public async Task<IReadOnlyList<CostReportRow>> ReportAsync(
        IReadOnlyList<ReportDimension> dimensions, DateOnly? from, DateOnly? to, CancellationToken cancellationToken)
    {
        var rows = await client.ReportAsync(string.Join(',', dimensions.Select(dimension => dimension.Name)), from, to, cancellationToken);
        try
        {
            return [.. rows.Select(row => Read(row as JsonObject ?? throw new FormatException("A row is no object."), dimensions))];
        }
        catch (FormatException exception)
        {
            throw new NotAWorkerException(client.Address, "a row of its report is none", exception);
        }
    }

    private static CostReportRow Read(JsonObject row, IReadOnlyList<ReportDimension> dimensions) => new(
        dimensions.ToDictionary(dimension => dimension.Name, dimension => row[dimension.Name] is JsonValue value && value.TryGetValue(out string? text) ? text : null, StringComparer.Ordinal),
        Number(row, "items"),
        new TokenUsage(Number(row, "input_text_tokens"), Number(row, "input_image_tokens"), Number(row, "output_text_tokens"), Number(row, "output_image_tokens")),
        Money(row, "cost_usd"),
        Money(row, "unconfirmed_usd"),
        Number(row, "unpriced_calls"))
    {
        EstimatedUsd = Money(row, "estimated_usd"),
    };

    private static decimal Money(JsonObject row, string name) =>
        row[name] is JsonValue value && value.TryGetValue(out string? usd) ? RemoteMoney.Read(usd) : throw new FormatException($"A row has no {name}.");

    private static long Number(JsonObject row, string name) =>
        row[name] is JsonValue value && value.TryGetValue(out long number) ? number : throw new FormatException($"A row has no {name}.");
}
