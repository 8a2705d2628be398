using System.Globalization;
using System.Text;

namespace Darkroom.Jobs.Manifests;

/// <summary>
/// Where the images of a batch go: <c>{batch}</c>, <c>{id}</c>, <c>{row}</c> (1-based), <c>{date}</c> (of the import, UTC), <c>{model}</c>, <c>{tag:NAME}</c> and text,
/// <c>/</c> between folders, and at the end <c>{n}.{ext}</c> after <c>-</c>, <c>_</c> or <c>/</c>. The batch has to be in it, since a place is written once.
/// </summary>
/// <remarks>
/// A value is written as <see cref="OutputNames.FromId"/> writes an id: without separators, so that it can't leave its folder, whatever it is. That the number stands at
/// the end behind one separator keeps the images of different items apart: <c>a</c>'s eleventh from <c>a1</c>'s first.
/// </remarks>
public sealed class OutputTemplate
{
    /// <summary>The places of images where nothing else is said.</summary>
    public const string Default = "{batch}/{id}-{n}.{ext}";

    private const string End = "{n}.{ext}";
    private const string ShortStart = "{batch}/";
    private const string TagStart = "tag:";

    private readonly IReadOnlyList<(string Text, bool IsName)> _parts;
    private readonly string _batchId;
    private readonly string _date;
    private readonly bool _isShort;

    private OutputTemplate(string template, IReadOnlyList<(string Text, bool IsName)> parts, string batchId, DateOnly date, bool isShort) =>
        (Template, _parts, _batchId, _date, _isShort) = (template, parts, batchId, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), isShort);

    /// <summary>As it was given.</summary>
    public string Template { get; }

    /// <summary>What is wrong with a template, in a sentence without its subject, or null.</summary>
    public static string? FaultOf(string text)
    {
        if (!text.EndsWith(End, StringComparison.Ordinal)) return $"must end in {End}, such as {Default}";
        if (text.Length == End.Length || text[^(End.Length + 1)] is not ('-' or '_' or '/')) return $"must have -, _ or / before {End}, so that an id's digits and the image's number don't run together";
        if (Read(text, out var fault) is not { } parts) return fault;
        foreach (var (name, _) in parts.Where(part => part.IsName))
        {
            if (name is "n" or "ext") return $"must have {{{name}}} at its end only";
            if (name is not ("batch" or "id" or "row" or "date" or "model") && !(name.StartsWith(TagStart, StringComparison.Ordinal) && name.Length > TagStart.Length))
                return $"has {{{name}}}, which isn't known; there are {{batch}}, {{id}}, {{row}}, {{date}}, {{model}}, {{tag:NAME}}, {{n}} and {{ext}}";
        }

        if (!parts.Contains(("batch", true))) return "must have {batch}: a place is written once, and another batch would find it taken";
        if (!parts.Any(part => part.IsName && part.Text != "batch" && part.Text != "date" && part.Text != "model")) return "must have {id}, {row} or a tag, or else all items would be in one place";
        var sample = string.Concat(parts.Select(part => part.IsName ? "x" : part.Text));
        return NameFault(sample) is { } wrong ? $"gives names that {wrong.Replace("must", "would have to", StringComparison.Ordinal)}".Replace("would have to not", "mustn't", StringComparison.Ordinal) : null;
    }

    /// <summary>Makes the template of a batch.</summary>
    /// <param name="text">The template.</param>
    /// <param name="batchId">The batch.</param>
    /// <param name="date">The day of the import.</param>
    /// <exception cref="FormatException">It has a fault; see <see cref="FaultOf"/>.</exception>
    public static OutputTemplate Parse(string text, string batchId, DateOnly date)
    {
        if (FaultOf(text) is { } fault) throw new FormatException($"The template of output names {fault}.");
        // The form that all stored names had before there were templates; the batch and the hyphen are understood in it.
        var isShort = text.StartsWith(ShortStart, StringComparison.Ordinal) && text.EndsWith($"-{End}", StringComparison.Ordinal) && text.Length > ShortStart.Length + End.Length + 1;
        var pattern = isShort ? text[ShortStart.Length..^(End.Length + 1)] : text[..^End.Length];
        return new OutputTemplate(text, ReadParts(pattern), batchId, date, isShort);
    }

    /// <summary>The output name of an item; see <see cref="Outputs.AttemptPlace"/>.</summary>
    /// <param name="key">The item's id.</param>
    /// <param name="row">Its 1-based number in the manifest.</param>
    /// <param name="model">Its model.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="fault">Why it has none, in a sentence without its subject.</param>
    public string? Render(string key, int row, string model, IReadOnlyDictionary<string, string> tags, out string? fault)
    {
        var text = new StringBuilder();
        foreach (var (part, isName) in _parts)
        {
            if (isName && part.StartsWith(TagStart, StringComparison.Ordinal))
            {
                if (!tags.TryGetValue(part[TagStart.Length..], out var value) || value.Length == 0)
                {
                    fault = $"needs the tag \"{part[TagStart.Length..]}\", which this row doesn't have";
                    return null;
                }

                text.Append(OutputNames.FromId(value));
            }
            else
            {
                text.Append(isName ? ValueOf(part, key, row, model) : part);
            }
        }

        // The separator before the number stays, however long the rest is.
        var separator = !_isShort && (text[^1] is '-' or '_') ? text[^1].ToString() : "";
        var segments = text.ToString(0, text.Length - separator.Length).Split('/');
        // The last one still gets a number, and so is no device's name.
        for (var i = 0; i < segments.Length; i++) segments[i] = OutputNames.Fit(i < segments.Length - 1 ? Folder(segments[i]) : segments[i]) + (i < segments.Length - 1 ? "" : separator);

        var name = string.Join('/', segments);
        fault = _isShort ? OutputNames.FaultOf(name) : NameFault(name);
        return fault is not null ? null : _isShort ? name : "/" + name;
    }

    // Bounds are those of a name without its number.
    private static string? NameFault(string stem) => OutputNames.FaultOf(stem[^1] == '/' ? stem + "1" : stem[..^1]);

    // Values may make a folder's name what no folder may be called: one letter is then written as a value's other letters are.
    private static string Folder(string segment)
    {
        if (OutputNames.LooksLikeImage(segment) && segment.LastIndexOf('.') is var dot) segment = $"{segment[..dot]}=2E{segment[(dot + 1)..]}";
        return OutputNames.IsDevice(segment) ? $"={(int)segment[0]:X2}{segment[1..]}" : segment;
    }

    private string ValueOf(string name, string key, int row, string model) => name switch
    {
        "batch" => _batchId,
        "id" => OutputNames.FromId(key),
        "row" => row.ToString(CultureInfo.InvariantCulture),
        "date" => _date,
        _ => OutputNames.FromId(model),
    };

    private static List<(string Text, bool IsName)>? Read(string text, out string? fault)
    {
        fault = null;
        var pattern = text[..^End.Length];
        var depth = 0;
        for (var i = 0; i < pattern.Length && fault is null; i++)
        {
            depth += pattern[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth is < 0 or > 1) fault = $"has a brace without its other one at character {i + 1}";
        }

        if (fault is null && depth != 0) fault = "has a { without a }";
        return fault is null ? ReadParts(pattern) : null;
    }

    private static List<(string Text, bool IsName)> ReadParts(string pattern)
    {
        var parts = new List<(string, bool)>();
        foreach (var piece in pattern.Split('}'))
        {
            var open = piece.IndexOf('{', StringComparison.Ordinal);
            var text = open < 0 ? piece : piece[..open];
            if (text.Length > 0) parts.Add((text, false));
            if (open >= 0) parts.Add((piece[(open + 1)..], true));
        }

        return parts;
    }
}
