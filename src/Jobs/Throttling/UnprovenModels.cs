using System.Collections.Concurrent;
using Darkroom.Jobs.Running;

namespace Darkroom.Jobs.Throttling;

/// <summary>
/// Knows with which models the endpoint has given an image within the last day. Until it has, a wrong set-up would cost every call that is out, so few are. Asks
/// the database at most once a second for a model that isn't proven and never for one that is.
/// </summary>
/// <param name="store">Shares what is proven.</param>
/// <param name="endpoint">Scheme, host, port and path.</param>
/// <param name="most">See <see cref="BreakerOptions.Unproven"/>.</param>
/// <param name="time">The clock.</param>
internal sealed class UnprovenModels(ILimitStore store, string endpoint, int most, TimeProvider time)
{
    private const string Prefix = "unproven:";

    /// <summary>How often the database is asked for a model that isn't proven.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Lasts = TimeSpan.FromDays(1);
    private static readonly TimeSpan WriteEvery = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Known> _models = new(StringComparer.Ordinal);

    /// <summary>The limit that all calls of the endpoint and model share until it has proven itself.</summary>
    public GroupLimits Limits { get; } = new() { MaxInFlight = most, Margin = 0 };

    /// <summary>The name under which the limit store keeps it, beside the limits groups.</summary>
    public string GroupOf(string model) => $"{Prefix}{endpoint} {model}";

    /// <summary>Whether a group's name stands for an endpoint and model that haven't proven themselves.</summary>
    public static bool Owns(string group) => group.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether calls are bounded, as far as is known here; before the database was asked they are.</summary>
    public bool IsBounded(string model) => most > 0 && !(_models.TryGetValue(model, out var known) && known.IsProven(time));

    /// <summary>Whether calls are bounded.</summary>
    public async ValueTask<bool> IsBoundedAsync(string model, CancellationToken cancellationToken)
    {
        if (!IsBounded(model)) return false;
        var known = _models.GetOrAdd(model, _ => new Known());
        if (known.MayLook(time) && await store.ProvenAgoAsync(endpoint, model, cancellationToken) is { } ago && ago < Lasts) known.Prove(ago, time);
        return IsBounded(model);
    }

    /// <summary>The endpoint has just given an image; others are told at most once an hour.</summary>
    public async Task ProveAsync(string model, CancellationToken cancellationToken)
    {
        if (most == 0) return;
        var known = _models.GetOrAdd(model, _ => new Known());
        known.Prove(TimeSpan.Zero, time);
        if (known.MayWrite(time)) await store.ProveAsync(endpoint, model, cancellationToken);
    }

    private sealed class Known
    {
        private readonly Lock _gate = new();
        private long? _proven;
        private TimeSpan _before;
        private long? _looked;
        private long? _written;

        public bool IsProven(TimeProvider time)
        {
            lock (_gate) return _proven is { } at && _before + time.GetElapsedTime(at) < Lasts;
        }

        public void Prove(TimeSpan ago, TimeProvider time)
        {
            lock (_gate) (_proven, _before) = (time.GetTimestamp(), ago);
        }

        public bool MayLook(TimeProvider time) => IsDue(ref _looked, LookEvery, time);

        public bool MayWrite(TimeProvider time) => IsDue(ref _written, WriteEvery, time);

        private bool IsDue(ref long? last, TimeSpan every, TimeProvider time)
        {
            lock (_gate)
            {
                if (last is { } at && time.GetElapsedTime(at) < every) return false;
                last = time.GetTimestamp();
                return true;
            }
        }
    }
}
