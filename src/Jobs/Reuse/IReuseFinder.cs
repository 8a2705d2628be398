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
}
