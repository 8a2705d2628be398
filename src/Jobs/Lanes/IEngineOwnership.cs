namespace Darkroom.Jobs.Lanes;

/// <summary>Keeps which engine carries the lanes of the database: one at a time, since an engine knows nothing of another's lanes.</summary>
public interface IEngineOwnership
{
    /// <summary>Claims the lanes for an engine. Granted when no other has them, when nothing of the other lives any more, or when <paramref name="takeOver"/> says so.</summary>
    /// <param name="processId">The process that asks; registered.</param>
    /// <param name="engine">Its engine's name.</param>
    /// <param name="takeOver">Take them from a live owner. What that one has queued ends, and is planned anew.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Who has them, and how much of it lives; granted when that is <paramref name="engine"/>.</returns>
    Task<EngineOwner> ClaimAsync(long processId, string engine, bool takeOver, CancellationToken cancellationToken);

    /// <summary>Which engine has the lanes now, or null before the first.</summary>
    Task<string?> GetAsync(CancellationToken cancellationToken);
}
