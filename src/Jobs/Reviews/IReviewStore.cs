using Darkroom.Jobs.Access;

namespace Darkroom.Jobs.Reviews;

/// <summary>Keeps what people decide of images.</summary>
public interface IReviewStore
{
    /// <summary>The most characters of a note.</summary>
    const int MostNote = 2000;

    /// <summary>Decides on an item that has images, or takes a decision back.</summary>
    /// <param name="itemId">The item.</param>
    /// <param name="decision">The decision; null takes it back.</param>
    /// <param name="note">What is said with it, or null.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when there is no such item, or it has no images.</returns>
    Task<bool> DecideAsync(long itemId, Decision? decision, string? note, Actor by, CancellationToken cancellationToken);

    /// <summary>The decisions on items; those that weren't decided on are left out.</summary>
    Task<IReadOnlyDictionary<long, Review>> GetAsync(IReadOnlyCollection<long> itemIds, CancellationToken cancellationToken);

    /// <summary>How far a batch's review is.</summary>
    Task<ReviewProgress> GetProgressAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>All decisions of a batch in manifest order, streamed.</summary>
    IAsyncEnumerable<Review> ReadAsync(string batchId, CancellationToken cancellationToken);
}
