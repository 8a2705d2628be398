namespace Darkroom.Jobs.Throttling;

/// <summary>What an answer told of a group's limits.</summary>
/// <param name="Group">The limits group.</param>
/// <param name="Kind">What kind of answer it was.</param>
/// <param name="PerMinute">Limits it told, by <see cref="LimitDimension"/>; may be empty.</param>
/// <param name="Hold">How long no call of the group may start, or zero.</param>
public sealed record LimitNews(string Group, LimitNewsKind Kind, IReadOnlyDictionary<string, double> PerMinute, TimeSpan Hold)
{
    /// <summary>Limits it told that are none of <see cref="LimitDimension"/>, by the suffix of their headers.</summary>
    public IReadOnlyDictionary<string, ToldLimit> Others { get; init; } = new Dictionary<string, ToldLimit>(StringComparer.Ordinal);

    /// <summary>What the service said of <see cref="Hold"/>; null when the hold is ours.</summary>
    public ToldHold? Told { get; init; }
}
