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
        return [.. rows.Select(row => Read(row!.AsObject(), dimensions))];
    }

    private static CostReportRow Read(JsonObject row, IReadOnlyList<ReportDimension> dimensions) => new(
        dimensions.ToDictionary(dimension => dimension.Name, dimension => row[dimension.Name]?.GetValue<string>(), StringComparer.Ordinal),
        Number(row, "items"),
        new TokenUsage(Number(row, "input_text_tokens"), Number(row, "input_image_tokens"), Number(row, "output_text_tokens"), Number(row, "output_image_tokens")),
        RemoteMoney.Read(row["cost_usd"]!.GetValue<string>()),
        RemoteMoney.Read(row["unconfirmed_usd"]!.GetValue<string>()),
        Number(row, "unpriced_calls"))
    {
        EstimatedUsd = RemoteMoney.Read(row["estimated_usd"]!.GetValue<string>()),
    };

    private static long Number(JsonObject row, string name) => row[name]!.GetValue<long>();
}
