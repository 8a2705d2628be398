using System.Globalization;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Deadlines;

namespace Darkroom.Jobs.Webhooks;

/// <summary>The JSON that webhooks get: an API, pinned by tests. Money is a decimal string.</summary>
public static class WebhookPayload
{
    /// <summary>An event's body. State, reason and detail are of when it happened; counts and cost of when it is told.</summary>
    public static string Of(WebhookEvent happened, BatchStatus? status, BatchForecast? forecast)
    {
        ArgumentNullException.ThrowIfNull(happened);
        var json = Head(happened.Id, happened.Kind, happened.At);
        json["schedule"] = happened.Schedule;
        if (status is null)
        {
            json["state"] = happened.State;
            json["detail"] = happened.Detail;
            return json.ToJsonString();
        }

        json["batch"] = status.Batch.Id;
        json["name"] = status.Batch.Name;
        json["state"] = happened.State;
        json["reason"] = happened.Reason;
        json["detail"] = happened.Detail;
        json["created_at"] = Time(status.Batch.CreatedAt);
        json["finished_at"] = Time(status.Batch.FinishedAt);
        json["deadline"] = Time(forecast?.Deadline);
        json["finish_estimate"] = Time(forecast?.FinishEstimate);
        json["late"] = forecast?.IsLate;
        json["items"] = new JsonObject
        {
            ["total"] = status.Items.Total,
            ["pending"] = status.Items.Pending,
            ["sending"] = status.Items.Sending,
            ["succeeded"] = status.Items.Succeeded,
            ["reused"] = status.Items.Reused,
            ["rejected"] = status.Items.Rejected,
            ["failed"] = status.Items.Failed,
            ["held"] = status.Items.Held,
            ["canceled"] = status.Items.Canceled,
        };
        json["cost_usd"] = Money.Format(status.CostUsd);
        json["estimated_usd"] = Money.Format(status.EstimatedUsd);
        json["unconfirmed_usd"] = Money.Format(status.UnconfirmedUsd);
        json["unpriced_calls"] = status.Unpriced;
        return json.ToJsonString();
    }

    /// <summary>A test's body.</summary>
    public static string OfTest(Guid id, DateTimeOffset at) => Head(id, WebhookEvent.Test, at).ToJsonString();

    private static JsonObject Head(Guid id, string kind, DateTimeOffset at) => new() { ["id"] = id.ToString(), ["event"] = kind, ["at"] = Time(at) };

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
