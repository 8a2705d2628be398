using System.Globalization;
using System.Text.Json;

namespace Darkroom.Jobs.Models;

/// <summary>A value in a model book that knows where it stands, so that every error can say so.</summary>
internal sealed record JsonPlace(string File, string Path, JsonElement Element)
{
    public bool IsNull => Element.ValueKind == JsonValueKind.Null;

    public static JsonPlace Read(string json, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return new JsonPlace(file, "$", document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            // Parser positions are 0-based; editors count from 1.
            throw new ModelBookException(file, "$", $"is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}): {e.Message}", e);
        }
    }

    public ModelBookException Fault(string reason) => new(File, Path, reason);

    /// <summary>The members of an object, all of whose names are among the known.</summary>
    public Dictionary<string, JsonPlace> Members(params ReadOnlySpan<string> known)
    {
        var members = Members();
        foreach (var (name, place) in members)
        {
            if (!known.Contains(name)) throw place.Fault($"is not a property here; known are {string.Join(", ", known.ToArray())}");
        }

        return members;
    }

    public Dictionary<string, JsonPlace> Members()
    {
        if (Element.ValueKind != JsonValueKind.Object) throw Fault("must be an object");
        return Element.EnumerateObject().ToDictionary(p => p.Name, p => new JsonPlace(File, Step(p.Name), p.Value), StringComparer.Ordinal);
    }

    public List<JsonPlace> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array) throw Fault("must be an array");
        return [.. Element.EnumerateArray().Select((e, i) => new JsonPlace(File, $"{Path}[{i}]", e))];
    }

    public string Text()
    {
        var text = Element.ValueKind == JsonValueKind.String ? Element.GetString() : null;
        return string.IsNullOrWhiteSpace(text) ? throw Fault("must be a string that is not empty") : text;
    }

    public IReadOnlyList<string> Texts() => [.. Items().Select(i => i.Text())];

    public int Whole(int min, int max = int.MaxValue) =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var number) && number >= min && number <= max
            ? number
            : throw Fault(max == int.MaxValue ? $"must be a whole number of at least {min}" : $"must be a whole number from {min} to {max}");

    public bool Flag() =>
        Element.ValueKind is JsonValueKind.True or JsonValueKind.False ? Element.GetBoolean() : throw Fault("must be true or false");

    public DateOnly Date() =>
        Element.ValueKind == JsonValueKind.String && DateOnly.TryParseExact(Element.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw Fault("must be a date such as \"2026-11-22\"");

    /// <summary>A price: a decimal in a string, because a JSON number may pass through binary fractions in a user's tools.</summary>
    public decimal Price(int decimals)
    {
        const decimal most = 1_000_000m;
        var right = Element.ValueKind == JsonValueKind.String
            && decimal.TryParse(Element.GetString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price)
            && price <= most && price == decimal.Round(price, decimals)
            ? price
            : (decimal?)null;
        return right ?? throw Fault($"must be a decimal in a string, such as \"2.5\", from 0 to {most}, with at most {decimals} decimals");
    }

    private string Step(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? $"{Path}.{name}" : $"{Path}[{JsonSerializer.Serialize(name)}]";
}
