using System.Data.Common;
using System.Globalization;
using Hangfire;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>Looks for this process's servers among those that Hangfire's storage knows to live.</summary>
internal sealed class HangfireState(JobStorage storage, TimeProvider time) : IEngineState
{
    // Servers beat every 30 s, and are removed after five minutes of silence.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    // Hangfire names a server by machine and process.
    private static readonly string Own = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}:");

    /// <inheritdoc/>
    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        try
        {
            var servers = await Task.Run(() => storage.GetMonitoringApi().Servers(), cancellationToken);
            var own = servers.Where(server => server.Name.StartsWith(Own, StringComparison.OrdinalIgnoreCase)).ToList();
            if (own.Count == 0) return "Hangfire's server of this process hasn't announced itself";
            var since = time.GetUtcNow().UtcDateTime - LongestSilence;
            return own.Exists(server => server.Heartbeat > since && server.Queues.Contains(LaneQueues.All[0], StringComparer.Ordinal))
                ? null
                : "Hangfire's server of this process is silent";
        }
        catch (DbException exception)
        {
            return exception.Message;
        }
    }
}
