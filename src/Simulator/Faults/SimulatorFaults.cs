using System.Globalization;

namespace Darkroom.Simulator.Faults;

/// <summary>
/// What goes wrong, and how often. Chances are 0 to 1 and drawn from the seed and the request's place in the order of arrival, so that a run can be repeated.
/// When several would strike one request, the first in the order of <see cref="Names"/> does.
/// </summary>
public sealed record SimulatorFaults
{
    /// <summary>Nothing goes wrong.</summary>
    public static SimulatorFaults None { get; } = new();

    /// <summary>The names that <see cref="Parse"/> takes, each with what its value is.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "refuse=KIND", "key-refused-after=N", "model-gone=NAME", "quota-after=N", "html=P", "408=P", "409=P", "429=P", "500=P", "502=P", "503=P", "504=P",
        "reset-before=P", "moderation=WORD", "slow=P:DURATION", "stream-error=P",
        "408-after=P", "502-after=P", "504-after=P", "522-after=P", "524-after=P", "reset-after=P", "not-image=P", "cut=P", "retry-after=DURATION",
    ];

    /// <summary>
    /// What every edit call is refused with, in other servers' words, before anything is looked at: route, route-page, route-detail, deployment, resource, method,
    /// redirect, media-type, content-type, form, upload, value or page. Default null: nothing.
    /// </summary>
    public string? Refuse { get; init; }

    /// <summary>Words that are moderated besides <see cref="SimulatorOptions.ModerationWords"/>. Default: none.</summary>
    public IReadOnlyList<string> ModerationWords { get; init; } = [];

    /// <summary>The chance of each HTTP status; nothing is billed. Default: none.</summary>
    public IReadOnlyDictionary<int, double> Statuses { get; init; } = new Dictionary<int, double>();

    /// <summary>The wait that an injected 429 or 503 tells. Default null: a second, and none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The chance of a proxy's HTML page with status 502; nothing is billed. Default 0.</summary>
    public double Html { get; init; }

    /// <summary>The chance that the edit is billed and a gateway in between answers its page with this status. Default: none.</summary>
    public IReadOnlyDictionary<int, double> StatusesAfter { get; init; } = new Dictionary<int, double>();

    /// <summary>The chance that the edit is billed and each inline image is an HTML page instead. Default 0.</summary>
    public double NotImage { get; init; }

    /// <summary>The chance of a connection reset before anything is billed. Default 0.</summary>
    public double ResetBefore { get; init; }

    /// <summary>The chance that the edit is billed and the connection reset before a byte of the answer. Default 0.</summary>
    public double ResetAfter { get; init; }

    /// <summary>The chance that the edit is billed and the connection reset in the middle of the answer. Default 0.</summary>
    public double Cut { get; init; }

    /// <summary>The chance that a streamed answer ends in an error event; nothing is billed. Default 0.</summary>
    public double StreamError { get; init; }

    /// <summary>The chance that an edit takes <see cref="SlowBy"/> longer. Default 0.</summary>
    public double Slow { get; init; }

    /// <summary>How much longer a slow edit takes. Default 5 s.</summary>
    public TimeSpan SlowBy { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The edits that are billed before every further one is refused for its quota. Default null: no end.</summary>
    public int? QuotaAfter { get; init; }

    /// <summary>The edit requests that are taken before the key is refused. Default null: never.</summary>
    public int? KeyRefusedAfter { get; init; }

    /// <summary>Models that answer <c>model_not_found</c>. Default: none.</summary>
    public IReadOnlyList<string> ModelsGone { get; init; } = [];

    /// <summary>Reads a list such as <c>moderation=forbidden,500=0.05,slow=0.02:5s,quota-after=100</c>; see <see cref="Names"/>.</summary>
    /// <exception cref="FormatException">A part is wrong; the message names it and lists what exists.</exception>
    public static SimulatorFaults Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return FaultParser.Parse(text);
    }
}

/// <summary>Reads the command line's list of faults.</summary>
internal static class FaultParser
{
    /// <summary>Reads the list; see <see cref="SimulatorFaults.Parse"/>.</summary>
    public static SimulatorFaults Parse(string text)
    {
        var faults = SimulatorFaults.None;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || at == part.Length - 1)
            {
                throw Wrong(part, "is not NAME=VALUE");
            }

            faults = Add(faults, part, part[..at].Trim(), part[(at + 1)..].Trim());
        }

        return faults;
    }

    private static SimulatorFaults Add(SimulatorFaults faults, string part, string name, string value) => name switch
    {
        "moderation" => faults with { ModerationWords = [.. faults.ModerationWords, value] },
        "model-gone" => faults with { ModelsGone = [.. faults.ModelsGone, value] },
        "refuse" => faults with { Refuse = CannedRefusal.Find(value)?.Name ?? throw Wrong(part, $"needs one of {string.Join(", ", CannedRefusal.Names)}") },
        "quota-after" => faults with { QuotaAfter = Count(part, value) },
        "key-refused-after" => faults with { KeyRefusedAfter = Count(part, value) },
        "html" => faults with { Html = Chance(part, value) },
        "reset-before" => faults with { ResetBefore = Chance(part, value) },
        "reset-after" => faults with { ResetAfter = Chance(part, value) },
        "not-image" => faults with { NotImage = Chance(part, value) },
        "cut" => faults with { Cut = Chance(part, value) },
        "stream-error" => faults with { StreamError = Chance(part, value) },
        "retry-after" => faults with { RetryAfter = Duration(part, value, TimeSpan.FromDays(7), "a week") },
        "slow" => AddSlow(faults, part, value),
        "408" or "409" or "429" or "500" or "502" or "503" or "504" => faults with { Statuses = Add(faults.Statuses, name, Chance(part, value)) },
        "408-after" or "502-after" or "504-after" or "522-after" or "524-after" => faults with { StatusesAfter = Add(faults.StatusesAfter, name[..3], Chance(part, value)) },
        _ => throw Wrong(part, $"has the unknown name '{name}'"),
    };

    private static Dictionary<int, double> Add(IReadOnlyDictionary<int, double> statuses, string status, double chance) =>
        new(statuses) { [int.Parse(status, CultureInfo.InvariantCulture)] = chance };

    private static SimulatorFaults AddSlow(SimulatorFaults faults, string part, string value)
    {
        var pieces = value.Split(':', 2);
        faults = faults with { Slow = Chance(part, pieces[0]) };
        return pieces.Length == 1 ? faults : faults with { SlowBy = Duration(part, pieces[1], TimeSpan.FromHours(1), "an hour") };
    }

    private static double Chance(string part, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var chance) && chance is >= 0 and <= 1
            ? chance
            : throw Wrong(part, $"needs a chance of 0 to 1, not '{value}'");

    private static int Count(string part, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw Wrong(part, $"needs a whole number, not '{value}'");

    private static TimeSpan Duration(string part, string value, TimeSpan most, string mostText)
    {
        var (digits, unit) = value switch
        {
            [.. var head, 'm', 's'] => (head, TimeSpan.FromMilliseconds(1)),
            [.. var head, 's'] => (head, TimeSpan.FromSeconds(1)),
            [.. var head, 'm'] => (head, TimeSpan.FromMinutes(1)),
            _ => ("", TimeSpan.Zero),
        };
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var length) && length * unit <= most
            ? length * unit
            : throw Wrong(part, $"needs a duration such as 500ms, 5s or 2m, at most {mostText}, not '{value}'");
    }

    private static FormatException Wrong(string part, string what) =>
        new($"Fault '{part}' {what}. Faults are: {string.Join(", ", SimulatorFaults.Names)}.");
}
