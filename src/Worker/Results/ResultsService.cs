using System.Data.Common;
using Darkroom.Jobs.Running;

namespace Darkroom.Worker.Results;

/// <summary>Writes in a worker whatever results are due, those that a process that died has left included.</summary>
internal sealed class ResultsService(ResultsWriter writer, TimeProvider time, ILogger<ResultsService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = new IdlePause(Interval, IdleInterval);
        while (!stoppingToken.IsCancellationRequested)
        {
            var written = false;
            try
            {
                while (await writer.WriteNextAsync(batchId: null, stoppingToken)) written = true;
            }
            catch (DbException exception) when (DatabaseFaults.IsTransient(exception))
            {
                Log.ResultsPutOff(logger, exception);
            }

            await Task.Delay(pause.Next(written), time, stoppingToken);
        }
    }
}
