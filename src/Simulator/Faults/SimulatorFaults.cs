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
