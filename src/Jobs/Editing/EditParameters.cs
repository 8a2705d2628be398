using System.Text.Json;
using System.Text.RegularExpressions;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// The endpoint's parameters that an option may name, with the type and range of each (docs/endpoint.md, Requests).
/// What one model takes and another does not is the model book's to say; here is what is wrong for every model.
/// </summary>
public static partial class EditParameters
{
    /// <summary>The parameters that are fields of a manifest row and so never options.</summary>
    public static readonly IReadOnlyList<string> Fields = ["images", "mask", "prompt"];

    /// <summary>The options by the API's own names.</summary>
    public static readonly IReadOnlyDictionary<string, Parameter> All = new Parameter[]
    {
        new("background", Kind.Choice, Values: ["transparent", "opaque", "auto"]),
        new("input_fidelity", Kind.Choice, Values: ["high", "low"]),
        new("model", Kind.Text),
        new("moderation", Kind.Choice, Values: ["low", "auto"]),
        new("n", Kind.Integer, 1, 10),
        new("output_compression", Kind.Integer, 0, 100),
        new("output_format", Kind.Choice, Values: ["png", "jpeg", "webp"]),
        new("partial_images", Kind.Integer, 0, 3),
        new("quality", Kind.Choice, Values: ["low", "medium", "high", "auto", "xhigh", "max", "standard"]),
        new("size", Kind.Size),
        new("stream", Kind.Boolean),
        new("user", Kind.Text),
    }.ToDictionary(p => p.Name, StringComparer.Ordinal);

    /// <summary>The type of a parameter.</summary>
    public enum Kind
    {
        /// <summary>A string that isn't empty.</summary>
        Text,

        /// <summary>A whole number within a range.</summary>
        Integer,

        /// <summary><c>true</c> or <c>false</c>.</summary>
        Boolean,

        /// <summary>One of a few strings.</summary>
        Choice,

        /// <summary><c>auto</c>, or <c>WIDTHxHEIGHT</c> in pixels.</summary>
        Size,
    }

    /// <summary>What is wrong with an option's value for every model.</summary>
    /// <returns>The reason, in a sentence without its subject, or null: the value will do, or the name isn't one of <see cref="All"/>.</returns>
    public static string? FaultOf(string name, JsonElement value) => All.TryGetValue(name, out var parameter) ? parameter.FaultOf(value) : null;

    /// <summary>
    /// What is wrong with options taken together, for every model: field and reason. The contract's own example sends <c>output_compression</c> 100, the
    /// service's default, with png, and <c>partial_images</c> without <c>stream</c>: both have no effect, and the model book warns of them.
    /// </summary>
    public static IEnumerable<(string Name, string Reason)> FaultsTogether(EditOptions options)
    {
        if (options.Number("output_compression") is < 100 && options.OutputFormat is "png")
            yield return ("output_compression", "goes only with output_format jpeg or webp");
        if (options.Text("background") is "transparent" && options.OutputFormat is "jpeg")
            yield return ("background", "transparent needs output_format png or webp");
    }

    [GeneratedRegex("^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SizeForm();

    /// <summary>One parameter.</summary>
    /// <param name="Name">The API's own name.</param>
    /// <param name="Kind">Its type.</param>
    /// <param name="Minimum">Least value of an <see cref="Kind.Integer"/>.</param>
    /// <param name="Maximum">Greatest value of an <see cref="Kind.Integer"/>.</param>
    /// <param name="Values">The strings of a <see cref="Kind.Choice"/>, or null.</param>
    public sealed record Parameter(string Name, Kind Kind, int Minimum = 0, int Maximum = 0, IReadOnlyList<string>? Values = null)
    {
        internal string? FaultOf(JsonElement value) => Kind switch
        {
            Kind.Integer => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= Minimum && number <= Maximum
                ? null
                : $"must be a whole number from {Minimum} to {Maximum}, not {Shown(value)}",
            Kind.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : $"must be true or false, not {Shown(value)}",
            Kind.Choice => TextOf(value) is { } text && Values!.Contains(text, StringComparer.Ordinal)
                ? null
                : $"must be one of {string.Join(", ", Values!)}, not {Shown(value)}",
            Kind.Size => TextOf(value) is { } text && (text is "auto" || SizeForm().IsMatch(text))
                ? null
                : $"must be auto or WIDTHxHEIGHT, such as 1024x1024, not {Shown(value)}",
            _ => TextOf(value) is { } text && !string.IsNullOrWhiteSpace(text) ? null : $"must be a string that isn't empty, not {Shown(value)}",
        };

        private static string? TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        private static string Shown(JsonElement value)
        {
            var raw = value.GetRawText();
            return raw.Length <= 60 ? raw : raw[..60] + "…";
        }
    }
}
