using Darkroom.Jobs.Lanes;

namespace Darkroom.Worker.Hosting;

/// <summary>Answers a schedule that the engine still holds and nobody knows any more: it is taken out of the engine.</summary>
internal sealed class UnknownScheduleHandler(IJobEngine engine, ILogger<UnknownScheduleHandler> logger) : IScheduleHandler
{
    public async Task FireAsync(string name, CancellationToken cancellationToken)
    {
        Log.UnknownSchedule(logger, name);
        await engine.RemoveScheduleAsync(name, cancellationToken);
    }
}
