namespace Darkroom.Jobs.Throttling;

/// <summary>Paces calls. Waiting spends nothing; what is held is given back by disposing.</summary>
public interface ILimiter
{
    /// <summary>Waits until a call may start, within all limits of its group, together with all other processes.</summary>
    /// <returns>The place in flight; dispose it when the call has ended.</returns>
    Task<IAsyncDisposable> EnterAsync(string group, CallCost cost, CancellationToken cancellationToken);

    /// <summary>Lets no call of the group start for a while, because the service said so.</summary>
    Task HoldAsync(string group, TimeSpan time, CancellationToken cancellationToken);

    /// <summary>How many more calls of the group it makes sense to get ready now: more would only wait.</summary>
    int Appetite(string group);
}
