using Darkroom.Jobs.Running;

namespace Darkroom.Jobs.Reuse;

/// <summary>Looks whether an item has to be bought at all.</summary>
public interface IReuseFinder
{
    /// <summary>Looks for an equal edit that was paid for; spends no money and no attempt.</summary>
    /// <returns>The item, with what a later batch has to know to find it; and the earlier edit, its images in the store, or null.</returns>
    /// <exception cref="OperationCanceledException">Canceled; nothing is left behind.</exception>
    /// <exception cref="Outputs.ImageStoreException">The store can't be read.</exception>
    /// <exception cref="System.Data.Common.DbException">The database can't be asked.</exception>
    Task<(ClaimedItem Item, EarlierEdit? Found)> LookAsync(ClaimedItem item, CancellationToken cancellationToken);

    /// <summary>Asks for the version of an item's sources while its call is under way, so that nobody waits for their hosts.</summary>
    /// <param name="item">The item.</param>
    /// <param name="call">Its call; how it ends is the caller's affair.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The version, or null when it isn't recorded or not known a second after the call's end.</returns>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    Task<Guid?> RecordAsync(ClaimedItem item, Task call, CancellationToken cancellationToken);
}
