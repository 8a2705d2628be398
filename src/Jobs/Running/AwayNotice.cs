using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Running;

/// <summary>
/// Lets a loop's logger say once per minute that the database is away. Loops try again every second, and each line has a stack trace.
/// </summary>
internal static class AwayNotice
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly ConditionalWeakTable<ILogger, State> States = [];

    /// <summary>Whether the logger says it now.</summary>
    public static bool IsDue(ILogger logger)
    {
        var state = States.GetOrCreateValue(logger);
        lock (state)
        {
            if (state.Said is { } said && TimeProvider.System.GetElapsedTime(said) < Pause) return false;
            state.Said = TimeProvider.System.GetTimestamp();
            return true;
        }
    }

    private sealed class State
    {
        public long? Said { get; set; }
    }
}
