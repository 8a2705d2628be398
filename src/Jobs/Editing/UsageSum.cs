using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Darkroom.Jobs.Editing;

/// <summary>Adds up the raw <c>usage</c> of several completed events, or of several images of an answer. A single one stays as it came.</summary>
internal static class UsageSum
{
    /// <summary>In a sum, how many images came without a usage of their own: their tokens aren't in it.</summary>
    public const string Unaccounted = "images_without_usage";

    /// <summary>Both together; counts are added name by name, in nested objects too, and what is not a count is taken from the later one.</summary>
    public static string? Add(string? earlier, string? later)
    {
        if (earlier is null || later is null) return later ?? earlier;
        var sum = Parse(earlier);
        Add(sum, Parse(later));
        return sum.ToJsonString();
    }

    /// <summary>Notes in a sum that images came which it doesn't count. Where nothing counts any, it stays as it came.</summary>
    public static string? Note(string? sum, int unaccounted) =>
        unaccounted == 0 || !HasTokens(sum) ? sum : Add(sum, new JsonObject { [Unaccounted] = unaccounted }.ToJsonString());

    /// <summary>Whether a usage counts any token. Null, an empty object, zeros, and counts of images alone don't.</summary>
    public static bool HasTokens(string? usage)
    {
        if (usage is null) return false;
        using var document = JsonDocument.Parse(usage);
        try
        {
            return HasTokens(document.RootElement);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in a name or a text: the grammar holds, the text doesn't.
            return false;
        }
    }

    private static bool HasTokens(JsonElement usage) => usage.EnumerateObject().Any(property => property.Value.ValueKind switch
    {
        JsonValueKind.Object => HasTokens(property.Value),
        JsonValueKind.Number or JsonValueKind.String when property.Name.EndsWith("tokens", StringComparison.Ordinal) =>
            decimal.TryParse(property.Value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var count) && count > 0,
        _ => false,
    });

    private static JsonObject Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Read(document.RootElement);
    }

    // Of a name that is there twice the last counts; JsonObject's own parser throws there.
    private static JsonObject Read(JsonElement usage)
    {
        var read = new JsonObject();
        foreach (var property in usage.EnumerateObject())
            read[property.Name] = property.Value.ValueKind == JsonValueKind.Object ? Read(property.Value) : JsonNode.Parse(property.Value.GetRawText());
        return read;
    }

    private static void Add(JsonObject sum, JsonObject more)
    {
        foreach (var (name, value) in more)
        {
            if (sum[name] is JsonObject inner && value is JsonObject innerMore) Add(inner, innerMore);
            else if (Count(sum[name]) is { } a && Count(value) is { } b) sum[name] = (long)decimal.Min((decimal)a + b, long.MaxValue);
            else sum[name] = value?.DeepClone();
        }
    }

    private static long? Count(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<long>(out var count) ? count : null;
}
