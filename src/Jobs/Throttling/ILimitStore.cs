namespace Darkroom.Jobs.Throttling;

/// <summary>Shares limits among all processes. The database's clock decides.</summary>
public interface ILimitStore
{
    /// <summary>Reserves starts for a set of calls of one group, in order; calls that couldn't start within <paramref name="horizon"/> aren't reserved.</summary>
    Task<StartReservation> ReserveAsync(
        string group, long processId, GroupLimits limits, IReadOnlyList<CallCost> calls, TimeSpan horizon, CancellationToken cancellationToken);

    /// <summary>Gives back places in flight.</summary>
    Task ReleaseSlotsAsync(string group, long processId, int slots, CancellationToken cancellationToken);

    /// <summary>Lets no call of the group start for a while, in all processes.</summary>
    Task HoldAsync(string group, TimeSpan time, CancellationToken cancellationToken);
}
