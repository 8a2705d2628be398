using Darkroom.Jobs.Running;

namespace Darkroom.Jobs.Uploads;

/// <summary>Makes an item's local files fit to be named in its call, before anything of the call is reserved or begun.</summary>
public interface ISourcePreparer
{
    /// <summary>Uploads what has to be uploaded, or waits for the process that is at it. Spends no money and no attempt.</summary>
    /// <exception cref="OperationCanceledException">Canceled while waiting; nothing is left behind.</exception>
    Task<PreparedSources> PrepareAsync(ClaimedItem item, CancellationToken cancellationToken);

    /// <summary>Forgets the uploads that a refused call named.</summary>
    /// <returns>Whether the item may be sent once more for that: true once an item.</returns>
    Task<bool> ForgetAsync(ClaimedItem item, PreparedSources sources, CancellationToken cancellationToken);
}
