using System.Text.Json;

namespace Darkroom.Jobs.Editing;

/// <summary>Parses what <see cref="ImageScanner"/> left of an answer, and error bodies. Takes any shape; wrong ones read as absent.</summary>
internal static class AnswerParser
{
    /// <summary>Most characters of a <c>usage</c> or <c>moderation_details</c> that is kept; a real one has a few hundred.</summary>
    public const int MaxRaw = 16 * 1024;

    /// <summary>Most images of an answer that are looked at; <c>n</c> is at most 10 (docs/endpoint.md, Requests).</summary>
    public const int MaxImages = 64;

    /// <summary>Parses a skeleton.</summary>
    /// <param name="skeleton">JSON with numbers in place of the images.</param>
    /// <param name="images">How many images were taken out of it.</param>
    /// <returns>Null when it is no JSON object.</returns>
    public static ParsedAnswer? Parse(ReadOnlyMemory<byte> skeleton, int images) => ParseObject(skeleton, root =>
    {
        var placed = new List<int>();
        var urls = new List<string>();
        var usage = Raw(root, "usage");
        TakeImage(root, placed, urls);
        if (root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array)
        {
            foreach (var image in data.EnumerateArray())
                if (image.ValueKind == JsonValueKind.Object) TakeImage(image, placed, urls);
            if (!UsageSum.HasTokens(usage)) usage = UsageByImage(data) ?? usage;
        }

        placed.Sort();
        return new ParsedAnswer(Text(root, "type"), usage, urls, ErrorBodyReader.ReadOwn(root), placed.SequenceEqual(Enumerable.Range(0, images)))
        {
            Said = images + urls.Count == 0 ? ErrorBodyReader.ReadAny(root, isRefusal: false) : null,
        };
    });

    /// <summary>Parses an error answer's body.</summary>
    /// <returns>Null when it is neither a JSON object nor an array that begins with one.</returns>
    public static ErrorBody? ParseError(ReadOnlyMemory<byte> body) => ParseJson(body, root =>
        root.ValueKind == JsonValueKind.Object || (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0 && root[0].ValueKind == JsonValueKind.Object)
            ? ErrorBodyReader.ReadAny(root, isRefusal: true)
            : null);

    // Some servers tell the usage of each image beside it. Null when none does.
    private static string? UsageByImage(JsonElement data)
    {
        var (sum, without) = ((string?)null, 0);
        foreach (var image in data.EnumerateArray().Where(image => image.ValueKind == JsonValueKind.Object))
        {
            var usage = Raw(image, "usage");
            if (UsageSum.HasTokens(usage)) sum = UsageSum.Add(sum, usage);
            else without++;
        }

        return UsageSum.Note(sum, without);
    }

    private static void TakeImage(JsonElement owner, List<int> placed, List<string> urls)
    {
        var taken = false;
        foreach (var property in owner.EnumerateObject())
        {
            if (!property.NameEquals("b64_json"u8) || property.Value.ValueKind != JsonValueKind.Number) continue;
            taken = true;
            placed.Add(property.Value.TryGetInt32(out var number) ? number : -1);
        }

        if (!taken && urls.Count < MaxImages && Text(owner, "url") is { } url) urls.Add(url);
    }

    private static T? ParseObject<T>(ReadOnlyMemory<byte> json, Func<JsonElement, T> read)
        where T : class => ParseJson(json, root => root.ValueKind == JsonValueKind.Object ? read(root) : null);

    private static T? ParseJson<T>(ReadOnlyMemory<byte> json, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // JsonDocument checks the grammar but not the text: half a surrogate pair in a name shows only when names are compared.
            return null;
        }
    }

    /// <summary>A property's text, or its number's; null when it is neither.</summary>
    public static string? Text(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? TextOf(value) : null;

    /// <summary>A value's text, or its number's; null when it is neither.</summary>
    public static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Guarded(value, v => v.GetString()),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    /// <summary>A property's name; empty when it holds bytes that are no text.</summary>
    public static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>An object as it came; null when it is none, or can't be stored.</summary>
    public static string? RawOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) return null;
        var raw = Guarded(value, v => v.GetRawText());
        // Postgres' jsonb takes no NUL character; nobody's token counts hold one.
        return raw is null || raw.Length > MaxRaw || raw.Contains("\\u0000", StringComparison.Ordinal) ? null : raw;
    }

    private static string? Raw(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? RawOf(value) : null;

    // The same in a value costs that value only.
    private static string? Guarded(JsonElement value, Func<JsonElement, string?> read)
    {
        try
        {
            return read(value);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
