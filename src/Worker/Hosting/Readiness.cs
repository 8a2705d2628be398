using System.Text.Json.Nodes;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Darkroom.Worker.Hosting;

/// <summary>
/// <c>/health/ready</c>: 200 or 503, and <c>{"status":"healthy"}</c>. Callers with a key or the token also get each check with its reason. The checks write to the store, so
/// all callers share one result for ten seconds.
/// </summary>
internal sealed class Readiness(HealthCheckService checks, TimeProvider time)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/health/ready";

    /// <summary>The tag of the checks that it asks.</summary>
    public const string Tag = "ready";

    /// <summary>How long a result holds.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    // A store that never answers must not leave callers without an answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private Task<HealthReport>? _report;
    private long _since;

    /// <summary>Answers a request. Runs before the authentication of other routes, which needs the database: readiness must answer when the database is away.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var visitor = await AuthenticateAsync(context);
        if (visitor is { Succeeded: false } && await IsRefusedAsync(context)) return;
        var report = await GetAsync().WaitAsync(context.RequestAborted);
        var json = new JsonObject { ["status"] = Name(report.Status) };
        if (visitor?.Succeeded == true)
        {
            var details = new JsonObject();
            foreach (var (name, entry) in report.Entries) details[name] = Name(entry.Status) + (entry.Description is { } why ? $": {why}" : "");
            json["checks"] = details;
        }

        context.Response.StatusCode = report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(json.ToJsonString(), context.RequestAborted);
    }

    /// <summary>The newest result, at most <see cref="Lifetime"/> old.</summary>
    public Task<HealthReport> GetAsync()
    {
        lock (_gate)
        {
            if (_report is null || (_report.IsCompleted && time.GetElapsedTime(_since) >= Lifetime))
            {
                _since = time.GetTimestamp();
                _report = CheckAsync();
            }

            return _report;
        }
    }

    private async Task<HealthReport> CheckAsync()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            return await checks.CheckHealthAsync(check => check.Tags.Contains(Tag), patience.Token).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            return new HealthReport(
                new Dictionary<string, HealthReportEntry>(StringComparer.Ordinal) { ["checks"] = new(HealthStatus.Unhealthy, $"they haven't ended within {Patience.TotalSeconds:0} s", Patience, null, null) }, Patience);
        }
    }

    // Null when the database is away: then nobody can be authenticated, and the answer is "unhealthy" anyway.
    private static async Task<AuthenticateResult?> AuthenticateAsync(HttpContext context)
    {
        try
        {
            return await context.AuthenticateAsync(AccessDefaults.Scheme);
        }
        catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
        {
            return null;
        }
    }

    // Without keys, requests from elsewhere and for foreign host names are refused as at every page.
    private static async Task<bool> IsRefusedAsync(HttpContext context)
    {
        var keys = context.RequestServices.GetRequiredService<Darkroom.Jobs.Access.IAccessKeyStore>();
        if (LoopbackRequest.FaultOf(context) is null || await keys.AnyAsync(context.RequestAborted)) return false;
        await context.ChallengeAsync(AccessDefaults.Scheme);
        return true;
    }

    private static string Name(HealthStatus status) => status.ToString().ToLowerInvariant();
}
