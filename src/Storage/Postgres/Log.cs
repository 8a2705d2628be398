using Microsoft.Extensions.Logging;

namespace Darkroom.Storage.Postgres;

/// <summary>What the state in PostgreSQL logs; event ids 3000 to 3099.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Warning, "The connection for news was lost; batches are looked for by time until it is back.")]
    public static partial void NewsLost(ILogger logger, Exception exception);
}
