using System.Data.Common;
using Darkroom.Jobs.Running;

namespace Darkroom.Worker.Results;

/// <summary>Writes in a worker whatever results are due, those that a process that died has left included.</summary>
internal sealed class ResultsService(ResultsWriter writer, TimeProvider time, ILogger<ResultsService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await writer.WriteNextAsync(batchId: null, stoppingToken))
                {
                    // The next one, until none is due.
                }
            }
            catch (DbException exception) when (DatabaseFaults.IsTransient(exception))
            {
                Log.ResultsPutOff(logger, exception);
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }
}
