namespace Darkroom.Jobs.Outputs;

/// <summary>
/// The store of images as files: what is done with it apart from the work itself. Paths are those of <see cref="StoredImage.Path"/>; one that would leave the store is
/// refused with <see cref="ArgumentException"/>.
/// </summary>
public interface IOutputFiles
{
    /// <summary>
    /// Writes a file, or puts it in the place of one that is there. It streams, in bounded memory; others see the whole new file or what was there before.
    /// </summary>
    /// <param name="path">Where.</param>
    /// <param name="mediaType">What it is, such as <c>text/csv</c>.</param>
    /// <param name="write">Writes the content. What it throws passes through, and then nothing has changed.</param>
    /// <param name="cancellationToken">Cancels it; then nothing has changed.</param>
    /// <exception cref="ImageStoreException">The store refused; nothing has changed, or the answer was lost after it had.</exception>
    Task WriteAsync(string path, string mediaType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken);

    /// <summary>Every file whose path begins with a text, in no particular order.</summary>
    /// <param name="prefix">Such as <c>BATCH/</c>; the part up to its last <c>/</c> is a safe path.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="ImageStoreException">The store can't be read.</exception>
    IAsyncEnumerable<StoredFile> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Removes a file with all that the store keeps beside it.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="ImageStoreException">The store refused.</exception>
    Task<bool> DeleteAsync(string path, CancellationToken cancellationToken);

    /// <summary>Prepares links that anyone who has them can open.</summary>
    /// <param name="lifetime">How long they are good for, above zero; where links don't end this has no effect.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ImageStoreException">The store refused, or can't make any, with the reason.</exception>
    Task<IOutputLinks> OpenLinksAsync(TimeSpan lifetime, CancellationToken cancellationToken);
}
