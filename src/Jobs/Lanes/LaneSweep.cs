using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Lanes;

/// <summary>
/// Gives every open batch its lanes, again and again: the only place where lanes are made. So submitting needs no engine, and a lane that an engine lost
/// strands no batch.
/// </summary>
public sealed class LaneSweep(ILaneStore lanes, IJobEngine engine, IOptions<WorkerOptions> options, TimeProvider time, ILogger<LaneSweep> logger,
    IBatchNews? news = null, IEngineOwnership? ownership = null, WorkerProcess? process = null)
{
    /// <summary>A queued lane that no process started for so long is taken for lost.</summary>
    public static readonly TimeSpan QueuedTime = TimeSpan.FromMinutes(1);

    private string? _owner;

    /// <summary>Sweeps until canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await SweepAsync(cancellationToken);
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
            {
                Log.SweepFailed(logger, exception);
            }

            // News come at once; the interval is the net, for news that got lost and for items of dead processes.
            await (news?.WaitAsync(options.Value.SweepInterval, cancellationToken) ?? Task.Delay(options.Value.SweepInterval, time, cancellationToken));
        }
    }

    /// <summary>Sweeps once.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        // Lanes planned for an engine that another one has replaced would be stranded there.
        var owner = ownership is null ? null : await ownership.GetAsync(cancellationToken);
        if (owner is not null && owner != engine.Name)
        {
            if (_owner != owner) Log.EngineReplaced(logger, engine.Name, owner);
            _owner = owner;
            return;
        }

        _owner = owner;
        if (!await lanes.HasWorkAsync(cancellationToken)) return;
        var planned = await lanes.PlanAsync(QueuedTime, process?.Id, cancellationToken);
        var queued = 0;
        try
        {
            foreach (var lane in planned)
            {
                await engine.EnqueueLaneAsync(lane.Id, lane.Priority, cancellationToken);
                queued++;
                Log.LaneQueued(logger, lane.Id, lane.BatchId, engine.Name);
            }
        }
        finally
        {
            // What the engine didn't take isn't waited for: the next sweep plans it again. Should it have taken one after all, that lane finds itself ended.
            foreach (var lane in planned.Skip(queued)) await lanes.EndAsync(lane.Id, CancellationToken.None);
        }
    }
}
