namespace Darkroom.Jobs.Outputs;

/// <summary>Takes the images of one answer as they arrive. Nothing is visible in the store until <see cref="CommitAsync"/>.</summary>
public interface IOutputSink : IAsyncDisposable
{
    /// <summary>
    /// Opens the place of the next final image; bytes written to it go to the store as they come. Images are opened one after another, and each is
    /// closed before the next and before the commit. The stream takes <see cref="Stream.WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/> only; a write that
    /// the store refuses throws <see cref="ImageStoreException"/>, and closing never fails.
    /// </summary>
    /// <param name="index">0-based, without gaps.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <exception cref="ImageStoreException">The store refused.</exception>
    ValueTask<Stream> OpenAsync(int index, CancellationToken cancellationToken);

    /// <summary>Whether partial images are stored; when false, nobody opens one.</summary>
    bool KeepsPartials => false;

    /// <summary>
    /// Opens the place of a partial image, by the rules of <see cref="OpenAsync"/> and only while no image is open. Partial images are beside the
    /// outputs and none of them: they have places of their own (<see cref="AttemptPlace.PartialPathOf"/>), no number, and recovery doesn't look for them.
    /// </summary>
    /// <param name="index">0-based index of the final image that it comes before.</param>
    /// <param name="number">0-based, without gaps within that image.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <exception cref="ImageStoreException">The store refused.</exception>
    /// <exception cref="NotSupportedException">This sink keeps none.</exception>
    ValueTask<Stream> OpenPartialAsync(int index, int number, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This sink keeps no partial images.");

    /// <summary>
    /// Makes the images visible, the first one last, so that whoever finds the first finds all of them; partial images before all others. A repeat for the same attempt reads as success.
    /// </summary>
    /// <exception cref="ImageStoreException">The store refused; nothing, or only images other than the first, may be visible.</exception>
    Task<IReadOnlyList<StoredImage>> CommitAsync(OutputMetadata metadata, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps what was written for a person to look at, instead of committing it: the answer was paid for and isn't an image. The files go to
    /// <see cref="AttemptPlace.AsidePathOf"/>, where recovery and reuse never look.
    /// </summary>
    /// <returns>Their paths in the store.</returns>
    /// <exception cref="ImageStoreException">The store refused.</exception>
    Task<IReadOnlyList<string>> SetAsideAsync(CancellationToken cancellationToken);
}
