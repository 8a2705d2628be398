using System.Globalization;
using System.Text.Json;

namespace Darkroom.Benchmarks.Common;

/// <summary>Prints what a scenario found: the table on stderr, for people, and one line of JSON on stdout, for programs.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>One line of the table.</summary>
    public static void Row(string what, FormattableString figures) =>
        Console.Error.WriteLine($"{what,-34} {figures.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>The line that compares with the aim.</summary>
    public static void Aim(string what, bool met, FormattableString figures) => Row(what, $"{figures.ToString(CultureInfo.InvariantCulture)}: {(met ? "met" : "MISSED")}");

    /// <summary>The JSON object.</summary>
    public static void Json(object figures) => Console.WriteLine(JsonSerializer.Serialize(figures, SnakeCase));

    /// <summary>The middle of some figures; of an even number the upper middle.</summary>
    public static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>10⁶ bytes.</summary>
    public static double Megabytes(long bytes) => bytes / 1e6;
}
