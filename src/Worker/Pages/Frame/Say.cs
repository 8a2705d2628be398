using System.Globalization;
using Darkroom.Jobs.Editing;

namespace Darkroom.Worker.Pages.Frame;

/// <summary>How numbers, money and times are written for people. What isn't known is a dash, never a zero.</summary>
internal static class Say
{
    public const string Unknown = "–";

    /// <summary>A count: <c>10,482</c>.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A number of few digits.</summary>
    public static string Number(double? number) => number is { } value ? value.ToString(Math.Abs(value) >= 100 ? "#,0" : "#,0.#", CultureInfo.InvariantCulture) : Unknown;

    /// <summary>Dollars: to the cent from a dollar on, below it to a hundredth of one.</summary>
    public static string Usd(decimal? usd) => usd switch
    {
        null => Unknown,
        0 => "$0.00",
        < 1 and > -1 => "$" + usd.Value.ToString("0.0000", CultureInfo.InvariantCulture),
        _ => "$" + usd.Value.ToString("#,0.00", CultureInfo.InvariantCulture),
    };

    /// <summary>A sum that calls of unknown price are missing from: a dash where it has nothing else, else "at least".</summary>
    public static string Usd(decimal? usd, long unpriced) => unpriced == 0 ? Usd(usd) : usd is null or 0 ? Unknown : $"at least {Usd(usd)}";

    /// <summary>A share: <c>42 %</c>. All but done isn't done.</summary>
    public static string Percent(double part, double whole) =>
        whole <= 0 ? Unknown : string.Create(CultureInfo.InvariantCulture, $"{(part >= whole ? 100 : Math.Min(99, Math.Floor(part / whole * 100)))} %");

    /// <summary>A length of time, by its two largest units.</summary>
    public static string Span(TimeSpan time) => time < TimeSpan.Zero ? Unknown : DurationText.Words(time);

    /// <summary>An instant for <c>datetime</c> attributes.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>An instant in UTC; the page's script makes the reader's own time of it.</summary>
    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A number for an attribute of SVG.</summary>
    public static string Svg(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A length in bytes.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.##} MB"),
    };

    /// <summary>Text that is cut where it is too long.</summary>
    public static string Short(string text, int most) => text.Length <= most ? text : string.Concat(text.AsSpan(0, most - 1), "…");

    /// <summary>One or many.</summary>
    public static string Plural(long count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";
}
