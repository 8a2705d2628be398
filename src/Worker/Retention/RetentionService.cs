using Darkroom.Jobs.Retention;

namespace Darkroom.Worker.Retention;

/// <summary>Runs the retention in a worker.</summary>
internal sealed class RetentionService(RetentionSweep sweep) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => sweep.RunAsync(stoppingToken), stoppingToken);
}
