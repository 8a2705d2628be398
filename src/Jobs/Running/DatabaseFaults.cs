using System.Data.Common;

namespace Darkroom.Jobs.Running;

/// <summary>Tells a database that is away for a while from a statement that is wrong.</summary>
public static class DatabaseFaults
{
    /// <summary>Whether the same statement may well succeed later: connections lost or refused, a server that starts or stops (SQLSTATE classes 08, 53 and 57P, and 40).</summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        DbException { IsTransient: true } => true,
        DbException { SqlState: { Length: 5 } state } =>
            state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)
            || state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("40", StringComparison.Ordinal),
        DbException { InnerException: IOException or TimeoutException or System.Net.Sockets.SocketException } => true,
        // Hangfire wraps what its storage throws.
        not DbException and { InnerException: { } inner } => IsTransient(inner),
        _ => false,
    };
}
