using System.Globalization;
using Darkroom.Simulator.Answers;

namespace Darkroom.Simulator.Faults;

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
