using System.Data.Common;
using System.Diagnostics;
using Darkroom.Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Running;

/// <summary>
/// Gathers single writes into sets: while one set is being written, and for a moment after it began, the next one gathers. So a lone write isn't delayed, and
/// many cost the database less.
/// </summary>
/// <param name="write">Writes a set and returns a result for each member, in order.</param>
/// <param name="maxSize">Members of a set at most.</param>
/// <param name="interval">From the beginning of one set to that of the next, unless enough wait before.</param>
/// <param name="retryFaults">Whether a set is written again, until it succeeds, while the database is away: only for writes that are safe to repeat.</param>
/// <param name="time">Clock of the retries.</param>
/// <param name="logger">Told of faults.</param>
internal sealed class SetWriter<TIn, TOut>(
    Func<IReadOnlyList<TIn>, CancellationToken, Task<IReadOnlyList<TOut>>> write, int maxSize, TimeSpan interval, bool retryFaults, TimeProvider time, ILogger logger)
{
    // A set of so many costs the database hardly more by the member than a larger one.
    private const int Enough = 16;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);
    private readonly Lock _gate = new();
    private readonly Queue<Member> _waiting = new();
    private readonly SemaphoreSlim _enough = new(0, 1);
    private bool _writing;

    private bool HasEnough
    {
        get
        {
            lock (_gate) return _waiting.Count >= Enough;
        }
    }

    /// <summary>Writes one member with whichever set comes next.</summary>
    public Task<TOut> WriteAsync(TIn value, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<TOut>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool start;
        lock (_gate)
        {
            _waiting.Enqueue(new Member(value, done, Activity.Current?.Context ?? default));
            if (_waiting.Count == Enough && _enough.CurrentCount == 0) _enough.Release();
            start = !_writing;
            _writing = true;
        }

        if (start) Start(cancellationToken);
        return done.Task;
    }

    // The set is many items' work: it must run in no single one's trace and log scope.
    private void Start(CancellationToken cancellationToken)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = Task.Run(() => DrainAsync(cancellationToken), CancellationToken.None);
            return;
        }

        using var apart = ExecutionContext.SuppressFlow();
        _ = Task.Run(() => DrainAsync(cancellationToken), CancellationToken.None);
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (Take() is { Count: > 0 } set)
        {
            var began = time.GetTimestamp();
            await DeliverAsync(set, cancellationToken);
            var left = interval - time.GetElapsedTime(began);
            if (left > TimeSpan.Zero && !HasEnough) await _enough.WaitAsync(left, CancellationToken.None);
        }
    }

    private async Task DeliverAsync(List<Member> set, CancellationToken cancellationToken)
    {
        using var span = Tracing.Set(typeof(TIn).Name, set.Select(member => member.Trace));
        try
        {
            var results = await WriteSetAsync([.. set.Select(member => member.Value)], cancellationToken);
            for (var at = 0; at < set.Count; at++) set[at].Done.SetResult(results[at]);
        }
        catch (DbException exception) when (set.Count > 1 && !DatabaseFaults.IsTransient(exception))
        {
            // The database refused the set as a whole. One of its members is at fault, and the others shan't suffer for it.
            Log.SetRefused(logger, set.Count, exception);
            foreach (var member in set) await DeliverAsync([member], cancellationToken);
        }
#pragma warning disable CA1031 // Whatever it is, it belongs to those who wait for the write.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            span.Fail(exception.GetType().Name);
            foreach (var member in set) member.Done.TrySetException(exception);
        }
    }

    private async Task<IReadOnlyList<TOut>> WriteSetAsync(TIn[] set, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await write(set, cancellationToken);
            }
            catch (Exception exception) when (retryFaults && DatabaseFaults.IsTransient(exception))
            {
                Log.DatabaseAway(logger, exception);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    private List<Member> Take()
    {
        lock (_gate)
        {
            var set = new List<Member>(Math.Min(maxSize, _waiting.Count));
            while (set.Count < maxSize && _waiting.TryDequeue(out var member)) set.Add(member);
            if (set.Count == 0) _writing = false;
            return set;
        }
    }

    private readonly record struct Member(TIn Value, TaskCompletionSource<TOut> Done, ActivityContext Trace);
}
