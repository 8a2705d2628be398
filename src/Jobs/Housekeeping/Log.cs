using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Housekeeping;

/// <summary>Log messages of housekeeping; event ids 2960 to 2979.</summary>
internal static partial class Log
{
    [LoggerMessage(2960, LogLevel.Information, "Housekeeping removed {Rows} rows that nobody needs any more.")]
    public static partial void Swept(ILogger logger, long rows);
}
