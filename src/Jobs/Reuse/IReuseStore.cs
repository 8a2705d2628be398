namespace Darkroom.Jobs.Reuse;

/// <summary>Finds edits that were paid for before.</summary>
public interface IReuseStore
{
    /// <summary>For each query the newest edit that fits, or null.</summary>
    Task<IReadOnlyList<EarlierEdit?>> FindAsync(IReadOnlyList<ReuseQuery> queries, CancellationToken cancellationToken);
}
