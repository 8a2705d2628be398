namespace Darkroom.Jobs.Throttling;

/// <summary>Shares limits among all processes. The database's clock decides.</summary>
public interface ILimitStore
{
    /// <summary>Reserves starts for a set of calls of one group, in order; calls that couldn't start within <paramref name="horizon"/> aren't reserved.</summary>
    Task<StartReservation> ReserveAsync(
        string group, long processId, GroupLimits limits, IReadOnlyList<CallCost> calls, TimeSpan horizon, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps what is reserved from now on, by any process, away from calls that have begun later than they were reserved: where the service refused any of the
    /// group's within half a minute. Else it bears them, and keeping away would lose some of the pace.
    /// </summary>
    Task BeganLateAsync(string group, LateStarts late, CancellationToken cancellationToken);

    /// <summary>Settles calls that have ended.</summary>
    /// <param name="group">The group.</param>
    /// <param name="processId">The process that reserved them.</param>
    /// <param name="slots">Places in flight that they give back.</param>
    /// <param name="tokens">Tokens that they took beyond what was reserved; below zero what they didn't take.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task SettleAsync(string group, long processId, int slots, long tokens, CancellationToken cancellationToken);

    /// <summary>Keeps what an answer told, for all processes.</summary>
    Task LearnAsync(LimitNews news, CancellationToken cancellationToken);

    /// <summary>What is known of every group, for people.</summary>
    Task<IReadOnlyList<LimitState>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The waits that services told and that aren't over.</summary>
    Task<IReadOnlyList<LimitHold>> ReadHoldsAsync(CancellationToken cancellationToken);
}
