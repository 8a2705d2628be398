using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Lanes;

namespace Darkroom.Worker.Engines;

/// <summary>What every engine's jobs do: call the handler, and say why it is called again.</summary>
internal static class LaneCall
{
    /// <summary>Runs a lane.</summary>
    public static async Task RunAsync(ILaneHandler handler, long laneId, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            await handler.RunLaneAsync(laneId, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.LaneInterrupted(logger, laneId);
            throw;
        }
        catch (Exception exception)
        {
            Log.LaneFailed(logger, laneId, exception);
            ThrowIfSecret(exception);
            throw;
        }
    }

    /// <summary>Fires a schedule.</summary>
    public static async Task FireAsync(IScheduleHandler handler, string schedule, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            await handler.FireAsync(schedule, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.ScheduleFailed(logger, schedule, exception);
            ThrowIfSecret(exception);
            throw;
        }
    }

    // Engines store the text of what a job throws.
    private static void ThrowIfSecret(Exception exception)
    {
        var text = exception.ToString();
        var clean = SecretScrubber.CutSecrets(text);
        if (!string.Equals(clean, text, StringComparison.Ordinal)) throw new InvalidOperationException(clean);
    }
}
