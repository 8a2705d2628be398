using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Browsing;

/// <summary>Looks through batches. Cheap however many items they have.</summary>
public interface IBatchBrowser
{
    /// <summary>A page of batches with counts and cost, in the filter's order.</summary>
    /// <exception cref="InvalidCursorException">The page asked for isn't one.</exception>
    Task<Page<BatchStatus>> ListAsync(BatchFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Batches by their ids; those that aren't there are left out.</summary>
    Task<IReadOnlyList<BatchStatus>> GetAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken);

    /// <summary>How many batches there are in each state that there are any in.</summary>
    Task<IReadOnlyDictionary<BatchState, long>> CountAsync(CancellationToken cancellationToken);

    /// <summary>Why items of a batch didn't succeed, the most frequent first, at most <see cref="ReasonCount.MostReasons"/>.</summary>
    Task<IReadOnlyList<ReasonCount>> CountReasonsAsync(string batchId, CancellationToken cancellationToken);
}
