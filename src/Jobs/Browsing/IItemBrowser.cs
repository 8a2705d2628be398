using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Browsing;

/// <summary>Looks through items.</summary>
public interface IItemBrowser
{
    /// <summary>A page of a batch's items in manifest order.</summary>
    /// <exception cref="InvalidCursorException">The page asked for isn't one.</exception>
    Task<Page<ItemRow>> ListAsync(string batchId, ItemFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>
    /// A page of a batch's items that have images, in manifest order, and among them those that somebody wants made again and that have no new image (yet): whatever else
    /// their state is tells how that stands.
    /// </summary>
    /// <exception cref="InvalidCursorException">The page asked for isn't one.</exception>
    Task<Page<ItemRow>> ListImagesAsync(string batchId, PageRequest page, CancellationToken cancellationToken);

    /// <summary>A page of a batch's items that the service's moderation refused, in manifest order.</summary>
    /// <exception cref="InvalidCursorException">The page asked for isn't one.</exception>
    Task<Page<Refusal>> ListRefusalsAsync(string batchId, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Items by their ids, in no order; those that aren't there are left out.</summary>
    Task<IReadOnlyList<ItemRow>> GetRowsAsync(IReadOnlyCollection<long> itemIds, CancellationToken cancellationToken);

    /// <summary>The ids of the items before and after one in manifest order, in the given states (empty: in any); null where there is none.</summary>
    Task<(long? Before, long? After)> GetNeighboursAsync(string batchId, long itemId, IReadOnlyCollection<ItemState> states, CancellationToken cancellationToken);

    /// <summary>A former image of an item, or null.</summary>
    /// <param name="itemId">The item.</param>
    /// <param name="attempt">The attempt that made it.</param>
    /// <param name="number">Its index among the images of that attempt.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<FormerImage?> GetFormerAsync(long itemId, int attempt, int number, CancellationToken cancellationToken);

    /// <summary>An item with all its attempts and former images, or null.</summary>
    Task<ItemDetail?> GetAsync(long itemId, CancellationToken cancellationToken);
}
