namespace Darkroom.Worker.Hosting;

/// <summary>Log messages of the host; event ids 1000 to 1099.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Warning, "The engine fired schedule {Name}, which doesn't exist; it is removed from the engine.")]
    public static partial void UnknownSchedule(ILogger logger, string name);
}
