using System.Globalization;

namespace Darkroom.Jobs.Throttling;

/// <summary>The limit that a batch's calls go by now, and whether it was configured or learned.</summary>
/// <param name="PerMinute">Units per minute.</param>
/// <param name="Limit">The limit it comes from.</param>
/// <param name="IsLearned">Whether it was learned from the service: told by it, found at its refusals, or still rising until one comes.</param>
public sealed record PaceInForce(double PerMinute, LimitState Limit, bool IsLearned)
{
    /// <summary><c>configured</c>, <c>learned</c>, or <c>batch</c> for the batch's own cap.</summary>
    public string Source => BatchCaps.Owns(Limit.Group) ? "batch" : IsLearned ? "learned" : "configured";

    /// <summary>The part of the pace that a slow-down has left, 1 without one.</summary>
    public double SlowedTo => Limit.Share;

    /// <summary>The pace of one limit; null where it limits nothing. As limit_effective in migrations/0003_limits.sql has it.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="learns">Whether a learned limit above the configured one holds.</param>
    public static PaceInForce? Of(LimitState limit, bool learns)
    {
        ArgumentNullException.ThrowIfNull(limit);
        if (limit.LearnedPerMinute is { } learned && (learns || limit.ConfiguredPerMinute is null || learned < limit.ConfiguredPerMinute)) return new PaceInForce(learned, limit, IsLearned: true);
        return limit.ConfiguredPerMinute is { } configured ? new PaceInForce(configured, limit, IsLearned: false) : null;
    }

    /// <summary>In words: <c>12 images per minute, learned 5 min ago from a 429 of http://…; configured: 20</c>.</summary>
    public string Describe()
    {
        var unit = Limit.Dimension == LimitDimension.Images ? "images" : "calls";
        var slowed = SlowedTo < 1 ? $", slowed to {(SlowedTo * 100).ToString("0", CultureInfo.InvariantCulture)} % after refusals" : "";
        if (!IsLearned) return $"{Number(PerMinute)} {unit} per minute, {(Source == "batch" ? "the batch's own limit" : "configured")}{slowed}";
        var how = Limit.LearnedFrom switch
        {
            "told" => $"from what {Limit.Endpoint} told",
            "found" => $"from a 429 of {Limit.Endpoint}",
            _ => $"and still rising, since {Limit.Endpoint} hasn't told a limit or refused a call yet",
        };
        return $"{Number(PerMinute)} {unit} per minute, learned {Ago(Limit.LearnedAgo)}{how}{slowed}; configured: {(Limit.ConfiguredPerMinute is { } configured ? Number(configured) : "none")}";
    }

    private static string Number(double value) => value.ToString(value < 10 ? "0.##" : "0", CultureInfo.InvariantCulture);

    private static string Ago(TimeSpan? ago) => ago switch
    {
        null => "",
        { TotalHours: >= 1 } hours => $"{(int)hours.TotalHours} h {hours.Minutes} min ago ",
        { TotalMinutes: >= 1 } minutes => $"{(int)minutes.TotalMinutes} min ago ",
        { } seconds => $"{(int)seconds.TotalSeconds} s ago ",
    };
}
