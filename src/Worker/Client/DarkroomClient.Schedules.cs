using System.Net;
using System.Text.Json.Nodes;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Client;

/// <summary>Schedules, limits and forecasts. All of it throws as the rest does: <see cref="ServerRefusedException"/>, <see cref="HttpRequestException"/>.</summary>
public sealed partial class DarkroomClient
{
    /// <summary>All schedules, by name.</summary>
    public async Task<IReadOnlyList<ScheduleShape>> ListSchedulesAsync(CancellationToken cancellationToken) => await GetAsync<List<ScheduleShape>>("/v1/schedules", cancellationToken);

    /// <summary>A schedule, or null.</summary>
    public Task<ScheduleShape?> FindScheduleAsync(string name, CancellationToken cancellationToken) => FindAsync<ScheduleShape>(PathOf(name), cancellationToken);

    /// <summary>A schedule's newest runs, the newest first; null when there is no such schedule.</summary>
    public async Task<IReadOnlyList<ScheduleRunShape>?> ListScheduleRunsAsync(string name, int limit, CancellationToken cancellationToken) =>
        await FindAsync<List<ScheduleRunShape>>($"{PathOf(name)}/runs?limit={limit}", cancellationToken);

    /// <summary>Adds a schedule.</summary>
    /// <param name="schedule">name, cron, time_zone, manifest, overlap, replace, and fields: the flags of <c>schedule add</c> by their names without dashes.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<ScheduleAddedShape> AddScheduleAsync(JsonObject schedule, CancellationToken cancellationToken) =>
        SendAsync<ScheduleAddedShape>(new HttpRequestMessage(HttpMethod.Post, "/v1/schedules") { Content = JsonContent.Create(schedule) }, cancellationToken);

    /// <summary>Runs a schedule now; null when there is no such schedule.</summary>
    public Task<ScheduleRunShape?> RunScheduleAsync(string name, CancellationToken cancellationToken) => PostAsync<ScheduleRunShape>($"{PathOf(name)}/run", null, cancellationToken);

    /// <summary><c>pause</c> or <c>resume</c>; null when there is no such schedule.</summary>
    public Task<ScheduleShape?> SteerScheduleAsync(string name, string action, CancellationToken cancellationToken) =>
        PostAsync<ScheduleShape>($"{PathOf(name)}/{action}", null, cancellationToken);

    /// <summary>Removes a schedule; false when there was none.</summary>
    public async Task<bool> RemoveScheduleAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await _http.DeleteAsync(PathOf(name), cancellationToken);
        try
        {
            await ThrowIfRefusedAsync(response, cancellationToken);
            return true;
        }
        catch (ServerRefusedException exception) when (exception.Status == HttpStatusCode.NotFound && exception.Problem is not null)
        {
            return false;
        }
    }

    /// <summary>The limits as all workers see them now.</summary>
    public async Task<IReadOnlyList<LimitStateShape>> ReadLimitsAsync(CancellationToken cancellationToken) => await GetAsync<List<LimitStateShape>>("/v1/limits/live", cancellationToken);

    /// <summary>When a batch will be done; null when there is no such batch.</summary>
    public Task<ForecastShape?> FindForecastAsync(string batch, CancellationToken cancellationToken) =>
        FindAsync<ForecastShape>($"/v1/batches/{Uri.EscapeDataString(batch)}/forecast", cancellationToken);

    /// <summary>The pace that a batch's calls go by; null when nothing limits it, or there is no such batch.</summary>
    public async Task<PaceShape?> FindPaceAsync(string batch, CancellationToken cancellationToken) =>
        (await FindAsync<BatchPaceShape>($"/v1/batches/{Uri.EscapeDataString(batch)}/pace", cancellationToken))?.Pace;

    /// <summary>Drops what was learned of limits.</summary>
    /// <param name="group">The limits group; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<ForgottenLimitsShape> ForgetLimitsAsync(string? group, CancellationToken cancellationToken) => SendAsync<ForgottenLimitsShape>(
        new HttpRequestMessage(HttpMethod.Post, "/v1/limits/forget") { Content = JsonContent.Create(group is null ? new JsonObject() : new JsonObject { ["group"] = group }) }, cancellationToken);

    private static string PathOf(string name) => $"/v1/schedules/{Uri.EscapeDataString(name)}";
}
