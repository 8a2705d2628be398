using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;

namespace Darkroom.Worker.Hosting;

/// <summary>
/// Starts what needs the database, and starts it anew while the database doesn't answer: a worker that comes up together with its database, or while that
/// restarts, shall not need somebody to start it again.
/// </summary>
/// <param name="patience">How long it is tried again; not positive: never. <see cref="WorkerOptions.DatabaseWait"/>.</param>
/// <param name="say">Told, once, that it waits.</param>
/// <param name="time">Clock of the wait.</param>
internal sealed class DatabaseWait(TimeSpan patience, Action<string> say, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Runs a start until it succeeds.</summary>
    /// <param name="start">The start; leaves nothing behind when it fails.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Exception">What the start threw: anything that isn't the database being away, and that, too, once the time is over.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> start, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        var told = false;
        while (true)
        {
            try
            {
                return await start();
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception) && time.GetElapsedTime(since) < patience)
            {
                if (!told) say($"The database doesn't answer ({exception.GetBaseException().Message}); it is tried again for {DurationText.Words(patience)}.");
                told = true;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}
