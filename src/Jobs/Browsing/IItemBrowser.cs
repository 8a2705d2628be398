using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Browsing;

/// <summary>Looks through items.</summary>
public interface IItemBrowser
{
    /// <summary>A page of a batch's items in manifest order.</summary>
    /// <exception cref="InvalidCursorException">The page asked for isn't one.</exception>
    Task<Page<ItemRow>> ListAsync(string batchId, ItemFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Items by their ids, in no order; those that aren't there are left out.</summary>
    Task<IReadOnlyList<ItemRow>> GetRowsAsync(IReadOnlyCollection<long> itemIds, CancellationToken cancellationToken);

    /// <summary>The ids of the items before and after one in manifest order, in the given states (empty: in any); null where there is none.</summary>
    Task<(long? Before, long? After)> GetNeighboursAsync(string batchId, long itemId, IReadOnlyCollection<ItemState> states, CancellationToken cancellationToken);

    /// <summary>An item with all its attempts, or null.</summary>
    Task<ItemDetail?> GetAsync(long itemId, CancellationToken cancellationToken);
}
