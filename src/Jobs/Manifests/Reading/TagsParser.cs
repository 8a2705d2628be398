using System.Text.Json;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Reads a <c>tags</c> object.</summary>
internal sealed class TagsParser
{
    /// <summary>The longest name of a tag in characters.</summary>
    public const int MaxNameLength = 100;

    /// <summary>The longest value of a tag in characters.</summary>
    public const int MaxValueLength = 500;

    private readonly RawCache<RowTags> _cache = new();

    /// <param name="json">A whole, valid JSON object whose characters were checked.</param>
    public RowTags Parse(ReadOnlySpan<byte> json) => _cache.TryGet(json, out var known) ? known : _cache.Add(json, ParseNew(json));

    private static RowTags ParseNew(ReadOnlySpan<byte> json)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var faults = new List<FieldFault>();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var type = reader.TokenType;
            var value = JsonText.Scalar(ref reader);
            if (!names.Add(name)) Fault("is given twice");
            else if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))
                Fault($"must have a name of 1 to {MaxNameLength} characters without control characters");
            else if (value is null && type != JsonTokenType.Null) Fault($"must be a string, a number, true or false, not {JsonText.KindOf(type)}");
            else if (value is not null && value.Length > MaxValueLength) Fault($"must be at most {MaxValueLength} characters");
            else if (value is not null) tags[name] = value;

            void Fault(string reason) => faults.Add(new FieldFault($"tags.{ManifestRow.Short(name)}", reason));
        }

        return new RowTags(tags, faults);
    }
}
