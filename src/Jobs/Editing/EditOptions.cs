using System.Text.Json;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// The options of an edit: the endpoint's parameters by their own snake_case names, less <c>images</c>, <c>mask</c> and
/// <c>prompt</c>. What is not here is not sent. Names that we don't know pass through. Immutable.
/// </summary>
public sealed class EditOptions : IEquatable<EditOptions>
{
    /// <summary>No option set.</summary>
    public static readonly EditOptions None = new(new SortedDictionary<string, JsonElement>(StringComparer.Ordinal));

    private readonly SortedDictionary<string, JsonElement> _values;
    private string? _json;

    private EditOptions(SortedDictionary<string, JsonElement> values) => _values = values;

    /// <summary>The options that are set, by name, in ordinal order.</summary>
    public IReadOnlyDictionary<string, JsonElement> Values => _values;

    /// <summary>The model's name, or null when unset.</summary>
    public string? Model => Text("model");

    /// <summary>How many images are asked for; 1 when unset (docs/endpoint.md, Requests).</summary>
    public int N => Number("n") ?? 1;

    /// <summary>Whether the answer is asked for as a stream of events.</summary>
    public bool Stream => _values.TryGetValue("stream", out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>The end user whom the call is made for, or null.</summary>
    public string? User => Text("user");

    /// <summary>The file format asked for: png unless set.</summary>
    public string OutputFormat => Text("output_format") ?? "png";

    /// <summary>Makes options of a set of names and values; a JSON null unsets.</summary>
    public static EditOptions Create(IEnumerable<KeyValuePair<string, JsonElement>> values)
    {
        var sorted = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
            if (value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)) sorted[name] = value.Clone();
        return sorted.Count == 0 ? None : new EditOptions(sorted);
    }

    /// <summary>Reads options from a JSON object, as <see cref="ToJson"/> writes it.</summary>
    /// <exception cref="JsonException">The text is not a JSON object.</exception>
    public static EditOptions Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("Options must be a JSON object.");
        return Create(document.RootElement.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value)));
    }

    /// <summary>These options with <paramref name="over"/> laid over them, name by name.</summary>
    public EditOptions With(EditOptions over)
    {
        if (over._values.Count == 0) return this;
        if (_values.Count == 0) return over;
        var merged = new SortedDictionary<string, JsonElement>(_values, StringComparer.Ordinal);
        foreach (var (name, value) in over._values) merged[name] = value;
        return new EditOptions(merged);
    }

    /// <summary>These options with one set.</summary>
    public EditOptions With(string name, JsonElement value) => With(Create([KeyValuePair.Create(name, value)]));

    /// <summary>The text of an option, or null when it is unset or not a string.</summary>
    public string? Text(string name) => _values.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The number of an option, or null when it is unset or not a whole number.</summary>
    public int? Number(string name) =>
        _values.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    /// <summary>The options as one JSON object, names in ordinal order: equal options give equal text.</summary>
    public string ToJson() => _json ??= JsonSerializer.Serialize(_values);

    /// <inheritdoc/>
    public bool Equals(EditOptions? other) => other is not null && (ReferenceEquals(this, other) || string.Equals(ToJson(), other.ToJson(), StringComparison.Ordinal));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EditOptions);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToJson());

    /// <inheritdoc/>
    public override string ToString() => ToJson();
}
