using System.Text.Json;
using System.Text.Json.Nodes;

namespace Darkroom.Jobs.Editing;

/// <summary>Adds up the raw <c>usage</c> of several completed events. A single one stays as it came.</summary>
internal static class UsageSum
{
    /// <summary>Both together; counts are added name by name, in nested objects too, and what is not a count is taken from the later one.</summary>
    public static string? Add(string? earlier, string? later)
    {
        if (earlier is null || later is null) return later ?? earlier;
        var sum = Parse(earlier);
        Add(sum, Parse(later));
        return sum.ToJsonString();
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

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
