using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Running;

/// <summary>
/// Keeps one cause from writing a warning for each item: the first of a batch is logged at once, the others are counted, and the count is logged when the
/// cause goes on for ten minutes and when the batch leaves this process. A source host that tells no version would be thousands of lines per night.
/// </summary>
public sealed class RepeatedWarnings(TimeProvider time, ILogger<RepeatedWarnings> logger)
{
    /// <summary>How long a cause is only counted before a line is written again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    // Servers may make up codes without end.
    private const int MostCauses = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string BatchId, string Cause), Count> _counts = [];

    /// <summary>Notes a warning.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="cause">What is the same for all items that it happens to: a clause for people.</param>
    /// <returns>Whether the caller logs it; otherwise it is counted here.</returns>
    public bool IsNews(string batchId, string cause)
    {
        Count? told;
        lock (_gate)
        {
            var known = _counts.TryGetValue((batchId, cause), out told);
            if (known && time.GetElapsedTime(told!.Since) < Pause)
            {
                told.More++;
                return false;
            }

            if (!known && _counts.Count >= MostCauses) return true;
            _counts[(batchId, cause)] = new Count(time.GetTimestamp());
        }

        Tell(batchId, cause, told);
        return true;
    }

    /// <summary>The batch leaves this process: what was counted is logged, and the next warning is news again.</summary>
    public void Close(string batchId)
    {
        List<KeyValuePair<(string BatchId, string Cause), Count>> ended;
        lock (_gate)
        {
            ended = [.. _counts.Where(count => count.Key.BatchId == batchId)];
            foreach (var (key, _) in ended) _counts.Remove(key);
        }

        foreach (var ((_, cause), count) in ended) Tell(batchId, cause, count);
    }

    private void Tell(string batchId, string cause, Count? count)
    {
        if (count is { More: > 0 }) Log.MoreOfTheSame(logger, batchId, count.More, DurationText.Words(time.GetElapsedTime(count.Since)), cause);
    }

    private sealed class Count(long since)
    {
        public long Since { get; } = since;

        public long More { get; set; }
    }
}
