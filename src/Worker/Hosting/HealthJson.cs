using System.Text.Json.Nodes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Darkroom.Worker.Hosting;

/// <summary>Writes a health report, a check a name: <c>{"status":"healthy","checks":{"database":"healthy"}}</c>.</summary>
internal static class HealthJson
{
    public static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var checks = new JsonObject();
        foreach (var (name, entry) in report.Entries)
            checks[name] = entry.Status.ToString().ToLowerInvariant() + (entry.Description is { } why ? $": {why}" : "");
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(new JsonObject { ["status"] = report.Status.ToString().ToLowerInvariant(), ["checks"] = checks }.ToJsonString(), context.RequestAborted);
    }
}
