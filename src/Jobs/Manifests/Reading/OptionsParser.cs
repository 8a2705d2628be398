using System.Text.Json;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests.Planning;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Reads an <c>options</c> object: the endpoint's names, and <c>extra</c> for others, which are sent as they are.</summary>
internal sealed class OptionsParser(IReadOnlySet<string> allowed)
{
    private const string Extra = "extra";

    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };

    private readonly RawCache<RowOptions> _cache = new();

    /// <param name="json">A whole, valid JSON object whose characters were checked.</param>
    public RowOptions Parse(ReadOnlySpan<byte> json) => _cache.TryGet(json, out var known) ? known : _cache.Add(json, ParseNew(json));

    private RowOptions ParseNew(ReadOnlySpan<byte> json)
    {
        var reading = new Reading();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (!reading.Names.Add(name)) reading.Fault(name, "is given twice");
            if (name is Extra) ReadExtra(ref reader, json, reading);
            else ReadOne(name, ref reader, json, reading);
        }

        return new RowOptions(EditOptions.Create(reading.Values), reading.Unset, reading.Faults);
    }

    private void ReadOne(string name, ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Reading reading)
    {
        var value = Value(name, ref reader, json, reading);
        if (EditParameters.Fields.Contains(name, StringComparer.Ordinal)) reading.Fault(name, "is a field of the row, not an option");
        else if (!EditParameters.All.ContainsKey(name) && !allowed.Contains(name))
            reading.Fault(name, $"is not an option{NearestName.Hint(name, EditParameters.All.Keys)} (what isn't known here is given in options.extra)");
        else if (value is { } known) reading.Take(name, known, EditParameters.FaultOf(name, known) ?? InfinityFault(known));
    }

    private void ReadExtra(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Reading reading)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            if (reader.TokenType != JsonTokenType.Null) reading.Fault(Extra, $"must be an object, not {JsonText.KindOf(reader.TokenType)}");
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var value = Value($"{Extra}.{name}", ref reader, json, reading);
            if (EditParameters.All.ContainsKey(name) || EditParameters.Fields.Contains(name, StringComparer.Ordinal))
                reading.Fault($"{Extra}.{name}", "is known; give it outside of extra");
            else if (!allowed.Contains(name) && NearestName.Meant(name, EditParameters.All.Keys) is { } meant)
                reading.Fault($"{Extra}.{name}", $"looks like a slip of \"{meant}\", which stands outside of extra");
            else if (!reading.Names.Add(name)) reading.Fault($"{Extra}.{name}", "is given twice");
            else if (value is { } unknown)
            {
                if (InfinityFault(unknown) is { } fault) reading.Fault($"{Extra}.{name}", fault);
                reading.Values[name] = unknown;
            }
        }
    }

    // Gives null, and notes what to note, for a JSON null and for a value with a fault.
    private static JsonElement? Value(string name, ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Reading reading)
    {
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType == JsonTokenType.Null)
        {
            reading.Unset.Add(name.StartsWith($"{Extra}.", StringComparison.Ordinal) ? name[(Extra.Length + 1)..] : name);
            return null;
        }

        reader.Skip();
        try
        {
            return JsonElement.Parse(json[start..(int)reader.BytesConsumed], NoDuplicates);
        }
        catch (JsonException)
        {
            // The text was tokenized before; the one thing that this parse refuses beyond that is a name twice in an object.
            reading.Fault(name, "has a name twice in an object");
            return null;
        }
    }

    private static string? InfinityFault(JsonElement value) => HasInfinity(value) ? "has a number too large to be one" : null;

    private static bool HasInfinity(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => !double.IsFinite(value.GetDouble()),
        JsonValueKind.Array => value.EnumerateArray().Any(HasInfinity),
        JsonValueKind.Object => value.EnumerateObject().Any(p => HasInfinity(p.Value)),
        _ => false,
    };

    private sealed class Reading
    {
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, JsonElement> Values { get; } = new(StringComparer.Ordinal);

        public List<string> Unset { get; } = [];

        public List<FieldFault> Faults { get; } = [];

        public void Fault(string name, string reason) => Faults.Add(new FieldFault($"options.{ManifestRow.Short(name)}", reason));

        public void Take(string name, JsonElement value, string? fault)
        {
            if (fault is not null) Fault(name, fault);
            Values[name] = value;
        }
    }
}
