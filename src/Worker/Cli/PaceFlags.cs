using System.CommandLine;
using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Schedules;

namespace Darkroom.Worker.Cli;

/// <summary>What <c>run</c> and <c>submit</c> take about a batch's own pace and hours.</summary>
internal sealed class PaceFlags
{
    private const double MostPerMinute = 10_000_000;
    private const string ClockForm = "HH:mm";

    private readonly Option<string?> _maxRate = new("--max-rate") { Description = "Most images per minute for this batch (n counts), across all workers." };
    private readonly Option<int?> _maxInFlight = new("--max-in-flight") { Description = "Most calls of this batch in flight at once, across all workers." };
    private readonly Option<string?> _window = new("--window") { Description = "Hours in which calls of this batch may start, such as 22:00-06:00. Calls under way at the end finish." };
    private readonly Option<string?> _zone = new("--window-zone") { Description = "Time zone of --window, such as Europe/Berlin. Default: this machine's." };

    public PaceFlags()
    {
        _maxRate.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && Rate(result.Tokens[0].Value) is null) result.AddError($"--max-rate must be a number of images a minute, such as 60 or 0.5, not '{result.Tokens[0].Value}'.");
        });
        _maxInFlight.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var calls) || calls is < 1 or > 100_000))
                result.AddError($"--max-in-flight must be a whole number from 1 to 100000, not '{result.Tokens[0].Value}'.");
        });
        _window.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && Hours(result.Tokens[0].Value, "UTC") is null) result.AddError($"--window takes two different times of day, such as 22:00-06:00, not '{result.Tokens[0].Value}'.");
        });
        _zone.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && Zone(result.Tokens[0].Value) is null) result.AddError($"--window-zone takes a time zone's IANA name, such as Europe/Berlin, not '{result.Tokens[0].Value}'.{TimeZones.Hint}");
        });
    }

    public void AddTo(Command command)
    {
        command.Add(_maxRate);
        command.Add(_maxInFlight);
        command.Add(_window);
        command.Add(_zone);
    }

    /// <summary>What may be taken at a time, or null.</summary>
    public BatchCaps? Caps(ParseResult parsed)
    {
        var (rate, inFlight) = (Rate(parsed.GetValue(_maxRate)), parsed.GetValue(_maxInFlight));
        return rate is null && inFlight is null ? null : new BatchCaps(rate, inFlight);
    }

    /// <summary>The hours, or null.</summary>
    public BatchHours? Hours(ParseResult parsed) => parsed.GetValue(_window) is { } window ? Hours(window, Zone(parsed.GetValue(_zone)) ?? Local()) : null;

    private static double? Rate(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is >= 0.001 and <= MostPerMinute ? rate : null;

    private static BatchHours? Hours(string text, string zone) =>
        text.Split('-', StringSplitOptions.TrimEntries) is [var from, var to]
        && TimeOnly.TryParseExact(from, ClockForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var begin)
        && TimeOnly.TryParseExact(to, ClockForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var end) && begin != end
            ? new BatchHours(begin, end, zone)
            : null;

    private static string? Zone(string? name) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId ? zone.Id : null;

    // The database must know it, too: what this machine calls "Local" it doesn't.
    private static string Local() => TimeZoneInfo.Local.HasIanaId ? TimeZoneInfo.Local.Id : "UTC";
}
