using Darkroom.Jobs.Access;

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

    /// <summary>Notes that a call of the group succeeded.</summary>
    Task SucceededAsync(string group, CancellationToken cancellationToken);

    /// <summary>Notes that a call of the group was refused for its limits.</summary>
    /// <param name="group">The group.</param>
    /// <param name="batchId">The call's batch.</param>
    /// <param name="refusal">What the service said, and how long it told to wait.</param>
    /// <param name="gap">The count begins anew when no call was made for longer than this after such a wait; a wait longer than this is waited out and doesn't count.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// For how long every call of the group was refused while the batch ran; <see cref="TimeSpan.MaxValue"/> for the one call that is tried after the batch was halted for that.
    /// </returns>
    Task<TimeSpan> RefusedAsync(string group, string batchId, LimitRefusal refusal, TimeSpan gap, CancellationToken cancellationToken);

    /// <summary>How long ago an endpoint last gave an image with a model, to within minutes; null when it never has.</summary>
    /// <param name="endpoint">Scheme, host, port and path.</param>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<TimeSpan?> ProvenAgoAsync(string endpoint, string model, CancellationToken cancellationToken);

    /// <summary>Keeps that an endpoint has just given an image with a model.</summary>
    Task ProveAsync(string endpoint, string model, CancellationToken cancellationToken);

    /// <summary>What is known of every group at every endpoint, for people.</summary>
    Task<IReadOnlyList<LimitState>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Drops what was learned at this process's endpoint and key: limits, holds and slow-downs. What was used in the last minute stays.</summary>
    /// <param name="group">The group; null for all.</param>
    /// <param name="by">Who asks for it; noted in the audit.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was dropped; empty when nothing was learned.</returns>
    Task<IReadOnlyList<ForgottenLimit>> ForgetAsync(string? group, Actor by, CancellationToken cancellationToken);

    /// <summary>The waits that services told and that aren't over.</summary>
    Task<IReadOnlyList<LimitHold>> ReadHoldsAsync(CancellationToken cancellationToken);
}
