using System.Text.Json.Nodes;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Schedules;

namespace Darkroom.Worker.Cli;

/// <summary>What <c>schedule history</c> says of a run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Status">How its batch stands; null when there is none, or none any more.</param>
internal sealed record RunLine(ScheduleRun Run, BatchStatus? Status)
{
    /// <summary>Items that weren't the same as before: those that were paid for, or tried.</summary>
    public long? Changed => Status?.Items is { } items ? items.Total - items.Reused : null;

    /// <summary>Items that ended badly.</summary>
    public long? Failed => Status?.Items is { } items ? items.Failed + items.Rejected + items.Held : null;

    /// <summary>From the batch's beginning to its end.</summary>
    public TimeSpan? Duration => Status?.Batch.FinishedAt - Status?.Batch.CreatedAt;

    public JsonNode Json()
    {
        var json = new JsonObject
        {
            ["scheduled_at"] = ScheduleView.Utc(Run.ScheduledAt),
            ["manual"] = Run.IsManual,
            ["state"] = Run.State.ToName(),
            ["batch"] = Run.State == ScheduleRunState.Started ? Run.BatchId : null,
            ["manifest_unchanged"] = Run.IsUnchanged,
            ["detail"] = Run.Detail,
            ["problems"] = new JsonArray([.. Run.Problems.Select(problem => JsonValue.Create(problem))]),
            ["warnings"] = new JsonArray([.. Run.Warnings.Select(warning => JsonValue.Create(warning))]),
        };
        if (Status is null) return json;
        json["batch_state"] = Status.Batch.State.ToName();
        json["items"] = Status.Items.Total;
        json["changed"] = Changed;
        json["reused"] = Status.Items.Reused;
        json["failed"] = Failed;
        json["cost_usd"] = Money.Format(Status.CostUsd);
        json["unconfirmed_usd"] = Money.Format(Status.UnconfirmedUsd);
        json["duration_seconds"] = Duration is { } duration ? Math.Round(duration.TotalSeconds, 3) : null;
        return json;
    }
}
