using System.Globalization;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;

namespace Darkroom.Worker.Cli;

/// <summary>When a batch will be done, for people and for programs.</summary>
internal static class ForecastView
{
    /// <summary>Adds <c>finish_estimate</c>, <c>deadline</c>, <c>late</c> (each null when it isn't known) and <c>waits</c> to a batch's JSON.</summary>
    public static JsonObject Json(JsonObject status, BatchForecast? forecast)
    {
        status["finish_estimate"] = Text(forecast?.FinishEstimate);
        status["deadline"] = Text(forecast?.Deadline);
        status["late"] = forecast?.IsLate;
        status["waits"] = JsonShapes.Waits(forecast?.Waits ?? []);
        return status;
    }

    /// <summary>One line; null when there is nothing to say.</summary>
    public static string? Describe(BatchForecast forecast)
    {
        var estimate = forecast.State.IsFinal() || forecast.FinishEstimate is not { } at ? null
            : forecast.PerMinute is null || forecast.Waits.Any(wait => wait.IsQueue) ? $"not before {People(at)}"
            : $"about {People(at)} at the pace of the last {BatchForecast.Window.TotalMinutes:0} minutes";
        if (forecast.Deadline is not { } deadline) return estimate;
        var late = forecast.IsLate switch
        {
            true when forecast.State.IsFinal() => "too late",
            true when forecast.Now > deadline => "late",
            true => "will be late",
            _ when forecast.State.IsFinal() => "in time",
            _ => null,
        };
        return string.Join("; ", new[] { estimate, $"deadline {People(deadline)}", late }.OfType<string>());
    }

    private static string People(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
