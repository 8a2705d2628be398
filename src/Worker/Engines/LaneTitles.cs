using System.Globalization;
using Darkroom.Jobs.Lanes;

namespace Darkroom.Worker.Engines;

/// <summary>
/// Titles of lanes for an engine's pages, which ask for one after another while they are written: one look at all live lanes serves the whole page, and
/// pages that are asked for again at once. It blocks while it looks: pages of engines aren't asynchronous.
/// </summary>
internal sealed class LaneTitles(ILaneBoard board, TimeProvider time)
{
    /// <summary>How old a title may be.</summary>
    internal static readonly TimeSpan Age = TimeSpan.FromSeconds(2);

    private const int MostKept = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, (LaneTitle? Title, long At)> _ended = [];
    private Dictionary<long, LaneTitle> _live = [];
    private long? _looked;

    /// <summary>The title of a lane; its id, when nobody knows it any more.</summary>
    public string Of(long laneId) => Find(laneId)?.ToString() ?? string.Create(CultureInfo.InvariantCulture, $"Lane {laneId}");

    /// <summary>What a lane is about, or null when nobody knows it any more.</summary>
    public LaneTitle? Find(long laneId)
    {
        lock (_gate)
        {
            if (_looked is not { } looked || time.GetElapsedTime(looked) >= Age)
            {
                _live = Wait(() => board.ListLiveAsync(CancellationToken.None)).ToDictionary(title => title.LaneId);
                _looked = time.GetTimestamp();
            }

            if (_live.TryGetValue(laneId, out var live)) return live;
            if (_ended.TryGetValue(laneId, out var known) && time.GetElapsedTime(known.At) < Age) return known.Title;
            var title = Wait(() => board.FindAsync(laneId, CancellationToken.None));
            if (_ended.Count >= MostKept) _ended.Clear();
            _ended[laneId] = (title, time.GetTimestamp());
            return title;
        }
    }

    private static T Wait<T>(Func<Task<T>> look) => Task.Run(look).GetAwaiter().GetResult();
}
