namespace Darkroom.Jobs.Outputs;

/// <summary>Where edited images are kept. Writes are conditional creations: a place is written once.</summary>
public interface IImageStore
{
    /// <summary>Where the store is, for people: a folder or a container's address, without secrets.</summary>
    string Location { get; }

    /// <summary>Opens a sink for one attempt's images.</summary>
    IOutputSink OpenSink(AttemptPlace place);

    /// <summary>Looks for what an attempt stored before its process died.</summary>
    /// <returns>All its images with their metadata, or null when they aren't all there, or are another attempt's.</returns>
    /// <exception cref="ImageStoreException">The store can't be read. That doesn't mean that nothing is there.</exception>
    Task<AdoptedOutputs?> FindAsync(AttemptPlace place, long attemptId, CancellationToken cancellationToken);

    /// <summary>Stores what this worker kept on its own disk of an attempt while the store was away, if it is an image of this edit; a store without such a disk has nothing.</summary>
    /// <param name="place">The attempt's.</param>
    /// <param name="editKey">What is asked for now (<see cref="OutputMetadata.EditKey"/>); null when that isn't known.</param>
    /// <param name="cancellationToken">Cancels it; what was kept stays.</param>
    /// <returns>The stored images, or null when nothing was kept.</returns>
    /// <exception cref="ImageStoreException">The store refuses them still.</exception>
    Task<AdoptedOutputs?> TakeKeptAsync(AttemptPlace place, Guid? editKey, CancellationToken cancellationToken) => Task.FromResult<AdoptedOutputs?>(null);

    /// <summary>Opens a stored image for reading, or returns null when it isn't there.</summary>
    /// <exception cref="ImageStoreException">The store can't be read.</exception>
    Task<Stream?> OpenReadAsync(string path, CancellationToken cancellationToken);

    /// <summary>Whether an image of that length is at a path; its content isn't read.</summary>
    /// <exception cref="ImageStoreException">The store can't be read.</exception>
    Task<bool> HoldsAsync(string path, long bytes, CancellationToken cancellationToken);

    /// <summary>Writes and removes a small probe.</summary>
    /// <exception cref="ImageStoreException">The store can't be written, with the reason.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
