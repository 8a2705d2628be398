using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Outputs;

/// <summary>
/// A store that is away or full for a while loses nothing: an answer is received on the worker's own disk and then put into the store. While the store fails in a way
/// that may pass, it is tried again for a span of time; images that it doesn't take by then stay in <see cref="KeptImages"/> and are put into the store later.
/// </summary>
/// <param name="inner">The store itself.</param>
/// <param name="kept">The worker's own disk.</param>
/// <param name="patience">How long the store is tried again. A store that waits by itself never says that a fault may pass.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed class KeepingImageStore(IImageStore inner, KeptImages kept, TimeSpan patience, TimeProvider time, ILogger<KeepingImageStore> logger) : IImageStore
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The store itself.</summary>
    public IImageStore Inner => inner;

    /// <summary>The worker's own disk.</summary>
    public KeptImages Kept => kept;

    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <inheritdoc/>
    public IOutputSink OpenSink(AttemptPlace place) => new KeepingSink(this, place, inner.OpenSink(place), logger);

    /// <inheritdoc/>
    /// <remarks>Looks on the worker's own disk, too. What another worker keeps can't be seen from here.</remarks>
    public Task<AdoptedOutputs?> FindAsync(AttemptPlace place, long attemptId, CancellationToken cancellationToken) => WaitAsync(
        async () =>
        {
            if (await inner.FindAsync(place, attemptId, cancellationToken) is { } found) return found;
            var here = kept.List().FirstOrDefault(attempt => attempt.Metadata.AttemptId == attemptId && IsAt(attempt, place));
            return here is null ? null : await StoreIfPossibleAsync(here, cancellationToken);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<AdoptedOutputs?> TakeKeptAsync(AttemptPlace place, Guid? editKey, CancellationToken cancellationToken)
    {
        var here = editKey is null ? null : kept.List().LastOrDefault(attempt => attempt.Metadata.EditKey == editKey && IsAt(attempt, place));
        return here is null ? Task.FromResult<AdoptedOutputs?>(null) : WaitAsync(() => StoreIfPossibleAsync(here, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenReadAsync(string path, CancellationToken cancellationToken) => inner.OpenReadAsync(path, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> HoldsAsync(string path, long bytes, CancellationToken cancellationToken) => WaitAsync(() => inner.HoldsAsync(path, bytes, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Doesn't wait: whoever asks wants to know how things are now.</remarks>
    public Task CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

    /// <summary>Puts kept images into the store; they stay kept until they are removed. Safe to repeat.</summary>
    /// <exception cref="ImageStoreException">The store still refuses, or a kept image can't be read.</exception>
    public async Task<AdoptedOutputs> StoreAsync(KeptAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        await using var sink = inner.OpenSink(attempt.Place);
        for (var index = 0; index < attempt.Images.Count; index++)
        {
            await using var file = KeptImages.Open(attempt, attempt.Images[index]);
            await using var stream = await sink.OpenAsync(index, cancellationToken);
            await file.CopyToAsync(stream, cancellationToken);
        }

        return new AdoptedOutputs(await sink.CommitAsync(attempt.Metadata, cancellationToken), attempt.Metadata);
    }

    // Null when no repetition can help: then there is nothing to take.
    private async Task<AdoptedOutputs?> StoreIfPossibleAsync(KeptAttempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await StoreAsync(attempt, cancellationToken);
        }
        catch (ImageStoreException fault) when (fault.IsFinal)
        {
            Log.KeptUnusable(logger, attempt.Folder, fault.Message);
            return null;
        }
    }

    /// <summary>Repeats what the store refuses for a reason that may pass, until it succeeds or the patience is over.</summary>
    internal async Task<T> WaitAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var told = false;
        while (true)
        {
            try
            {
                var result = await work();
                if (told) Log.StoreIsBack(logger, inner.Location);
                return result;
            }
            catch (ImageStoreException fault) when (fault.MayPass && time.GetElapsedTime(began) < patience)
            {
                if (!told) Log.StoreIsAway(logger, DurationText.Words(patience), fault.Message);
                told = true;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private static bool IsAt(KeptAttempt attempt, AttemptPlace place) => attempt.Place with { Format = place.Format } == place;
}

internal static partial class Log
{
    [LoggerMessage(3110, LogLevel.Warning, "The image store is tried again for {Patience}: {Message}")]
    public static partial void StoreIsAway(ILogger logger, string patience, string message);

    [LoggerMessage(3111, LogLevel.Information, "The image store {Location} is back.")]
    public static partial void StoreIsBack(ILogger logger, string location);

    [LoggerMessage(3114, LogLevel.Warning, "The images kept in {Folder} can't be used: {Message}")]
    public static partial void KeptUnusable(ILogger logger, string folder, string message);

    [LoggerMessage(3112, LogLevel.Warning, "The worker's own disk takes no image, so images go straight to the store and aren't kept while it is away: {Message}")]
    public static partial void OwnDiskRefuses(ILogger logger, string message);

    [LoggerMessage(3113, LogLevel.Error, "Images that the store didn't take couldn't be kept at {Folder}: {Message}")]
    public static partial void NotKept(ILogger logger, string folder, string message);
}
