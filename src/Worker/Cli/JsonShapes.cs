using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Waits;
using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Cli;

/// <summary>The JSON that commands print: an API, pinned by tests. Money is a decimal string.</summary>
internal static class JsonShapes
{
    public static JsonObject Status(BatchStatus status) => new()
    {
        ["batch"] = status.Batch.Id,
        ["name"] = status.Batch.Name,
        ["state"] = status.Batch.State.ToName(),
        ["reason"] = status.Batch.Reason,
        ["detail"] = status.Batch.Detail,
        ["priority"] = status.Batch.Priority,
        ["created_at"] = Time(status.Batch.CreatedAt),
        ["finished_at"] = status.Batch.FinishedAt is { } at ? Time(at) : null,
        ["items"] = Counts(status.Items),
        ["tokens"] = Tokens(status.Tokens),
        ["cost_usd"] = Money.Format(status.CostUsd),
        ["estimated_usd"] = Money.Format(status.EstimatedUsd),
        ["unconfirmed_usd"] = Money.Format(status.UnconfirmedUsd),
        ["unpriced_calls"] = status.Unpriced,
    };

    /// <summary>Adds <c>pace</c> to a batch's JSON: null when nothing limits it.</summary>
    public static JsonObject WithPace(JsonObject status, PaceShape? pace)
    {
        status["pace"] = pace is null ? null : JsonSerializer.SerializeToNode(pace, ClientJson.Options);
        return status;
    }

    public static JsonObject Counts(ItemCounts items) => new()
    {
        ["total"] = items.Total,
        ["pending"] = items.Pending,
        ["sending"] = items.Sending,
        ["succeeded"] = items.Succeeded,
        ["reused"] = items.Reused,
        ["rejected"] = items.Rejected,
        ["failed"] = items.Failed,
        ["held"] = items.Held,
        ["canceled"] = items.Canceled,
    };

    public static JsonObject Status(BatchStatus status, BatchEstimate? estimate)
    {
        var json = Status(status);
        json["estimate"] = estimate is null ? null : new JsonObject
        {
            ["expected_usd"] = Usd(estimate.ExpectedUsd),
            ["worst_usd"] = Usd(estimate.WorstUsd),
            ["unpriced_items"] = estimate.UnpricedItems,
            ["measured_usd"] = Usd(estimate.MeasuredUsd),
            ["measured_items"] = estimate.MeasuredItems,
        };
        return json;
    }

    /// <summary>What a batch waits for, as <c>waits</c> of its JSON.</summary>
    public static JsonArray Waits(IReadOnlyList<BatchWait> waits) =>
        [.. waits.Select(wait => JsonSerializer.SerializeToNode(WaitShape.Of(wait), ClientJson.Options))];

    public static string? Usd(decimal? usd) => usd is { } known ? Money.Format(known) : null;

    public static JsonObject Result(ItemResult result, IOutputLinks? links = null) => new()
    {
        ["id"] = result.Key,
        ["state"] = result.State.ToName(),
        ["attempts"] = result.Attempts,
        ["outputs"] = new JsonArray([.. result.Outputs.Select(output => Output(output, links))]),
        ["tokens"] = Tokens(result.Tokens),
        ["cost_usd"] = result.CostUsd is { } cost ? Money.Format(cost) : null,
        ["cost_estimated"] = result.EstimatedUsd > 0,
        ["estimated_usd"] = Money.Format(result.EstimatedUsd),
        ["unconfirmed_usd"] = Money.Format(result.UnconfirmedUsd),
        ["reused_from"] = result.ReusedFrom,
        ["error"] = result.Error is { } error ? Error(error) : null,
        ["trace_id"] = result.TraceId,
    };

    public static JsonObject Report(CostReportRow row)
    {
        var json = new JsonObject();
        foreach (var (name, value) in row.Keys) json[name] = value;
        json["items"] = row.Items;
        json["input_text_tokens"] = row.Tokens.InputText;
        json["input_image_tokens"] = row.Tokens.InputImage;
        json["output_text_tokens"] = row.Tokens.OutputText;
        json["output_image_tokens"] = row.Tokens.OutputImage;
        json["cost_usd"] = Money.Format(row.CostUsd);
        json["estimated_usd"] = Money.Format(row.EstimatedUsd);
        json["unconfirmed_usd"] = Money.Format(row.UnconfirmedUsd);
        json["unpriced_calls"] = row.Unpriced;
        return json;
    }

    public static JsonObject Tokens(TokenUsage tokens) => new()
    {
        ["input_text"] = tokens.InputText,
        ["input_image"] = tokens.InputImage,
        ["output_text"] = tokens.OutputText,
        ["output_image"] = tokens.OutputImage,
        ["total"] = tokens.Total,
    };

    private static JsonNode Output(StoredImage image, IOutputLinks? links)
    {
        var json = new JsonObject
        {
            ["path"] = image.Path,
            ["bytes"] = image.Bytes,
            ["sha256"] = image.Sha256,
            ["format"] = image.Format,
            ["width"] = image.Width,
            ["height"] = image.Height,
        };
        if (links is not null) json["url"] = links.LinkTo(image.Path).AbsoluteUri;
        return json;
    }

    private static JsonObject Error(ItemError error) => new()
    {
        ["class"] = error.Class,
        ["code"] = error.Code,
        ["message"] = error.Message,
        ["request_id"] = error.RequestId,
        ["details"] = error.DetailsJson is { } details ? JsonNode.Parse(details) : null,
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
