using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Running;

/// <summary>
/// Which items are worth claiming, and for which batch: places go where a batch has the least for its weight, and no limits group gets more than soon starts,
/// since claims that only wait keep other processes, other groups and a pause from having them.
/// </summary>
public sealed class ClaimShares(ILimiter limiter, ModelBook book)
{
    // Before the first item the model, and with it the limits group, isn't known.
    private const int First = 8;

    /// <summary>Places of <see cref="WorkerOptions.MaxInFlight"/> that are free, when so many items are here: those that wait for a limit hold none.</summary>
    public int Free(int places, int inFlight) => places - Math.Max(0, inFlight - limiter.Waiting);

    /// <summary>Shares free places among batches.</summary>
    /// <param name="free">How many there are.</param>
    /// <param name="batches">Those that may be asked now.</param>
    /// <param name="mayExplore">Whether a batch may be asked for items of other models than those whose group has enough.</param>
    public List<ClaimQuota> Share(int free, IReadOnlyList<PumpBatch> batches, Func<PumpBatch, bool> mayExplore)
    {
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        var wishes = new List<Wish>(batches.Count);
        foreach (var batch in batches)
        {
            if (WishOf(batch, groups, mayExplore) is { } wish) wishes.Add(wish);
        }

        var queue = new PriorityQueue<Wish, (double, int)>();
        for (var at = 0; at < wishes.Count; at++) queue.Enqueue(wishes[at], (wishes[at].Part, at));
        while (free > 0 && queue.TryDequeue(out var wish, out var rank))
        {
            if (wish.Given >= wish.Most || wish.Groups.Count > 0 && wish.Groups.TrueForAll(group => groups[group] <= 0)) continue;
            wish.Given++;
            free--;
            // Of several groups it isn't known which one the item will be of: the fullest is charged, and what is too much waits.
            if (wish.Groups.Count > 0) groups[wish.Groups.MaxBy(group => groups[group])!]--;
            queue.Enqueue(wish, (wish.Part, rank.Item2));
        }

        return [.. wishes.Where(wish => wish.Given > 0).Select(wish => new ClaimQuota(wish.Batch.BatchId, wish.Given) { Without = wish.Without })];
    }

    private Wish? WishOf(PumpBatch batch, Dictionary<string, int> groups, Func<PumpBatch, bool> mayExplore)
    {
        var most = batch.Caps is { } caps ? limiter.Appetite(batch.BatchId, caps) : int.MaxValue;
        var open = new List<string>();
        var without = new List<string>();
        foreach (var model in batch.Models)
        {
            var group = book.Find(model).LimitsGroup;
            // A model whose calls are few because it is unproven doesn't hold up the others of its group.
            var few = limiter.UnprovenAppetite(model);
            if (few is not null) group = $"{group} {model}";
            if (!groups.TryGetValue(group, out var appetite))
                groups[group] = appetite = Math.Min(few ?? int.MaxValue, limiter.Appetite(book.Find(model).LimitsGroup));
            if (appetite <= 0) without.Add(model);
            else if (!open.Contains(group)) open.Add(group);
        }

        if (without.Count > 0 && !mayExplore(batch)) return null;
        return new Wish(batch, open, without, open.Count == 0 ? Math.Min(First, most) : most);
    }

    private sealed class Wish(PumpBatch batch, List<string> groups, List<string> without, int most)
    {
        public PumpBatch Batch { get; } = batch;

        public List<string> Groups { get; } = groups;

        public List<string> Without { get; } = without;

        public int Most { get; } = most;

        public int Given { get; set; }

        public double Part => (Batch.InFlight + Given + 1) / Batch.Weight;
    }
}
